import { describe, expect, test } from 'vitest';
import { compiled, edited, fileOf, goodManifests } from '../../../../test/support/manifests.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';

const file = fileOf('RuntimeEnvironment');
const line = goodManifests()[file]?.split('\n').find((one) => one.includes('drift:')) ?? '';
const at = (goodManifests()[file] ?? '').split('\n').indexOf(line) + 1;

/** The good manifests with rows in the production environment, each on a line of its own below `paths`. */
function withRows(...rows: readonly string[]): Record<string, string> {
  return edited(file, line, ['  drift:', '    mode: propose', '    paths:', ...rows.map((row) => `      - { ${row} }`)].join('\n'));
}

/** `code on line, path`, the lines counted from the first row. */
function told(files: Record<string, string>): readonly string[] {
  return compiled(files).problems.map(({ code, severity, path, location }) => `${severity} ${code} ${location.line - at - 2} ${path.replace('spec.drift.paths', '')}`);
}

function prod(files: Record<string, string>) {
  const { environments, problems } = compiled(files);
  const found = environments.find(({ name }) => name === 'prod');
  if (found === undefined) throw new Error(JSON.stringify(problems));
  return found;
}

const why = 'reason: "the night job of operations sets it"';
const ignored = (path: string, more = why): string => `path: ${JSON.stringify(path)}, mode: ignore, ${more}`;
const replicas = 'properties.template.scale.minReplicas';
const reason = 'the night job of operations sets it';

describe('rows of drift', () => {
  test.each([
    { rows: [], drift: [], ignores: [], reason: 'none' },
    { rows: ['path: tags.owner, mode: report'], drift: [{ services: null, path: 'tags.owner', mode: 'report', reason: null }], ignores: [], reason: 'another mode needs no reason' },
    { rows: [`path: tags.owner, mode: heal, services: [checkout], ${why}`], drift: [{ services: ['checkout'], path: 'tags.owner', mode: 'heal', reason }], ignores: [], reason: 'for one service, with a reason' },
    { rows: [ignored(replicas)], drift: [], ignores: [{ path: replicas, reason }], reason: 'what is ignored is for the comparison alone' },
    { rows: [ignored(replicas, `${why}, services: [checkout]`)], drift: [], ignores: [{ path: replicas, reason }], reason: 'ignored for this service' },
    {
      rows: ['path: tags.a, mode: report', ignored('tags.b'), 'path: tags.c, mode: heal', ignored('tags.d')],
      drift: [{ services: null, path: 'tags.a', mode: 'report', reason: null }, { services: null, path: 'tags.c', mode: 'heal', reason: null }],
      ignores: [{ path: 'tags.b', reason }, { path: 'tags.d', reason }],
      reason: 'each kind keeps its order',
    },
  ])('compile: $reason', ({ rows, drift, ignores }) => {
    const files = rows.length === 0 ? goodManifests() : withRows(...rows);
    expect(told(files)).toEqual([]);
    const [before, after] = [prod(goodManifests()), prod(files)];
    expect(after.drift).toEqual({ mode: rows.length === 0 ? before.drift.mode : 'propose', paths: drift });
    expect(after.services.map((service: DesiredService) => service.ignores)).toEqual([ignores]);
    // Nothing is provisioned and no app is another.
    expect([after.digest, ...after.services.map(({ digest }) => digest)]).toEqual([before.digest, ...before.services.map(({ digest }) => digest)]);
  });

  test('what one service leaves to others stays with the others', () => {
    const catalog = (goodManifests()[fileOf('RuntimeService')] ?? '').replaceAll('checkout', 'catalog');
    const { services } = prod({ ...withRows(ignored(replicas, `${why}, services: [checkout]`)), 'trueup/catalog.yaml': catalog });
    expect(services.map(({ name, ignores }) => [name, ignores.length])).toEqual([['catalog', 0], ['checkout', 1]]);
  });

  test.each([
    { row: ignored(replicas, 'services: [checkout]'), wanted: ['error missing-field 1 [0].reason'], reason: 'ignored without a reason' },
    { row: ignored(replicas, 'reason: ""'), wanted: ['error invalid-value 1 [0].reason'], reason: 'a reason of nothing' },
    { row: ignored(replicas, 'reson: x'), wanted: ['error unknown-field 1 [0].reson'], reason: 'a reason that is misspelt is one mistake' },
    { row: ignored('properties.template[', why), wanted: ['error invalid-path 1 [0].path'], reason: 'no pattern' },
    { row: ignored('*.x', why), wanted: ['error invalid-path 1 [0].path'], reason: 'anything' },
    { row: 'path: "", mode: report', wanted: ['error invalid-path 1 [0].path'], reason: 'nothing' },
    { row: 'path: template.scale, mode: report', wanted: ['error invalid-path 1 [0].path'], reason: 'a place that no app has' },
    { row: 'path: tags.owner', wanted: ['error missing-field 1 [0].mode'], reason: 'no mode' },
    { row: 'path: tags.owner, mode: fix', wanted: ['error invalid-value 1 [0].mode'], reason: 'a mode of nobody' },
    { row: 'path: tags.owner, mode: report, services: []', wanted: ['error out-of-range 1 [0].services'], reason: 'for nobody' },
    { row: 'path: tags.owner, mode: report, services: [checkout, checkout]', wanted: ['error duplicate-item 1 [0].services[1]'], reason: 'a service twice' },
    { row: 'path: properties.template.scale.maxreplicas, mode: heal', wanted: ['warning unknown-place 1 [0].path'], reason: 'a field that no app is known to have' },
    { row: 'path: "properties.template.containers[a].env[B].value.c", mode: heal', wanted: ['warning unknown-place 1 [0].path'], reason: 'something below a value' },
    { row: 'path: tags.owner, mode: heal, services: [chekout]', wanted: ['warning unknown-reference 1 [0].services[0]'], reason: 'a service that is not there stops nothing' },
  ])('say what is wrong: $reason', ({ row, wanted }) => {
    expect(told(withRows(row))).toEqual(wanted);
  });

  test.each([
    { row: 'path: template.scale, mode: report', says: 'Did you mean `properties.template`', reason: 'the top of the body left out' },
    { row: 'path: tag.owner, mode: report', says: 'Did you mean `tags`', reason: 'a typing error' },
    { row: 'path: properties.template.scale.maxreplicas, mode: heal', says: 'Did you mean `maxReplicas`?', reason: 'a field misspelt' },
    { row: 'path: properties.template.containers.agent.image, mode: heal', says: 'Did you mean `properties.template.containers[agent]`?', reason: 'an item of a list without brackets' },
    { row: 'path: tags.owner, mode: report, services: [chekout]', says: 'Did you mean `checkout`?', reason: 'a service misspelt' },
    { row: ignored('properties.template', why), says: 'it names revisions by their content', reason: 'why it is refused' },
  ])('help: $reason', ({ row, says }) => {
    expect(JSON.stringify(compiled(withRows(row)).problems)).toContain(says);
  });

  test.each([
    { path: 'properties', reason: 'everything' },
    { path: 'properties.template', reason: 'the whole template' },
    { path: 'properties.template.*', reason: 'the whole template by another name' },
    { path: 'properties.template.revisionSuffix', reason: 'the name of revisions' },
    { path: 'properties.*.revisionSuffix', reason: 'the same by a wildcard' },
    { path: 'tags', reason: 'all tags' },
    { path: 'tags.*', reason: 'any tag' },
    { path: 'tags.trueup-digest', reason: 'a tag of ours' },
    { path: 'tags.Trueup-Digest', reason: 'in another case' },
    { path: 'tags.trueup-of-tomorrow', reason: 'a name that is kept for us' },
    { path: 'properties.configuration', reason: 'traffic and secrets' },
    { path: 'properties.configuration.ingress', reason: 'the traffic with it' },
    { path: 'properties.configuration.ingress.traffic[*].weight', reason: 'a part of the traffic' },
    { path: 'properties.configuration.activeRevisionsMode', reason: 'what a rollout needs' },
    { path: 'properties.configuration.secrets[*]', reason: 'all secrets' },
    { path: 'properties.configuration.secrets[*].keyVaultUrl', reason: 'what all secrets are' },
    { path: 'properties.environmentId', reason: 'where it runs' },
    { path: 'properties.template.containers', reason: 'the release' },
    { path: 'properties.template.containers[*].image', reason: 'the image of any container' },
    { path: 'properties.template.containers[checkout].image', reason: 'the image of the service' },
    { path: 'properties.template.containers[agent].image', reason: 'where no service is named, it may be one' },
  ])('cannot ignore $path: $reason', ({ path }) => {
    expect(told(withRows(ignored(path)))).toEqual(['error owned-elsewhere 1 [0].path']);
    expect(told(withRows(`path: ${JSON.stringify(path)}, mode: report`)), 'another mode may').toEqual([]);
  });

  test.each([
    { path: 'tags.owner', reason: 'a tag of somebody' },
    { path: 'tags.*owner', reason: 'a star that is part of a name' },
    { path: replicas, reason: 'a bound' },
    { path: 'properties.template.containers[*].env[LOG_LEVEL]', reason: 'a variable' },
    { path: 'properties.template.containers[checkout].resources', reason: 'what a container gets' },
    { path: 'properties.template.containers[agent].image', more: 'services: [checkout]', reason: 'the image of what somebody runs beside it' },
    { path: 'properties.configuration.ingress.customDomains', reason: 'domains' },
    { path: 'properties.configuration.secrets[of-others]', reason: 'a secret of somebody' },
    { path: 'identity', reason: 'who it is' },
    { path: 'properties.outboundIpAddresses', reason: 'what Azure alone sets, and nobody tells' },
    { path: 'identity.userAssignedIdentities[id-shop].vaults[kv-shop]', reason: 'what an identity may read' },
    { path: 'properties.template.scale.rules[http].http.metadata.concurrentRequests', reason: 'a setting of a rule' },
  ])('can ignore $path: $reason', ({ path, more = 'services: [checkout]' }) => {
    expect(told(withRows(ignored(path, `${why}, ${more}`)))).toEqual([]);
  });

  test('are at most a hundred', () => {
    const rows = Array.from({ length: 101 }, (_, index) => `path: tags.t${index}, mode: report`);
    expect(told(withRows(...rows.slice(1)))).toEqual([]);
    expect(told(withRows(...rows)).map((one) => one.split(' ')[1])).toEqual(['out-of-range']);
  });

  test.each([
    { files: () => ({ 'trueup/RuntimeService.yaml': '{' }), wanted: 0, reason: 'the file that may declare it cannot be read' },
    { files: () => ({ 'trueup/RuntimeService.yaml': goodManifests()['trueup/RuntimeService.yaml']?.replace('    prod: {', '    prdo: {') ?? '' }), wanted: 0, reason: 'the environment is misspelt there' },
    { files: () => ({ 'trueup/RuntimeService.yaml': goodManifests()['trueup/RuntimeService.yaml']?.replace(/\n {4}prod: \{.*/, '') ?? '' }), wanted: 1, reason: 'it runs elsewhere alone' },
  ])('a service is warned of only where it is certain: $reason', ({ files, wanted }) => {
    const found = told({ ...withRows('path: tags.owner, mode: report, services: [checkout]'), ...files() });
    expect(found.filter((one) => one.startsWith('warning unknown-reference'))).toHaveLength(wanted);
  });
});
