import { describe, expect } from 'vitest';
import { compiled, edited, goodManifests, parsed } from '../../../../test/support/manifests.ts';
import { fc, test } from '../../../../test/support/property.ts';
import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import { compile } from './compile.ts';

type Files = Record<string, string>;

const service = 'trueup/RuntimeService.yaml';
const policy = 'trueup/ScalingPolicy.yaml';
const secret = 'trueup/SecretBinding.yaml';
const binding = 'trueup/RuntimeTenantBinding.yaml';
const configuration = 'trueup/RuntimeConfiguration.yaml';

function checkout(files: Files, environment = 'prod'): DesiredService {
  const { environments, problems } = compiled(files);
  const found = environments.find(({ name }) => name === environment)?.services.find(({ name }) => name === 'checkout');
  if (found === undefined) throw new Error(JSON.stringify(problems));
  return found;
}

function template(files: Files, environment = 'prod'): Record<string, unknown> {
  return checkout(files, environment).app.properties.template;
}

describe('compiling manifests', () => {
  test('nothing depends on the order of files and documents', () => {
    const documents = Object.values(goodManifests());
    const wanted = compiled(goodManifests()).environments.map(({ services }) => services.map(({ digest }) => digest));
    fc.assert(
      fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), fc.integer({ min: 1, max: documents.length }), (order, perFile) => {
        const files = order.flatMap((_, index) => (index % perFile === 0 ? [order.slice(index, index + perFile).join('---\n')] : []));
        const { environments, problems } = compiled(Object.fromEntries(files.map((text, index) => [`trueup/${index}.yaml`, text])));
        expect(problems).toEqual([]);
        expect(environments.map(({ services }) => services.map(({ digest }) => digest))).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });

  test('compiling again gives the same', () => {
    const files = parsed(goodManifests());
    expect(compile(files)).toEqual(compile(structuredClone(files)));
  });

  test('what is rendered has no difference from itself', () => {
    for (const { services } of compiled(goodManifests()).environments) {
      for (const { app } of services) expect(compareThreeWay({ lastApplied: app, desired: app, live: app })).toEqual([]);
    }
  });

  test('an environment’s entry is merged over the specification', () => {
    expect([checkout(goodManifests()).image, checkout(goodManifests(), 'staging').image]).toEqual(['contoso.azurecr.io/checkout:1.4.1', 'contoso.azurecr.io/checkout:1.4.2']);
    const without = edited(service, '    staging: {}', '    staging: { ingress: null, health: null }');
    expect(checkout(without, 'staging')).toMatchObject({ ingress: null, health: { readiness: null } });
    expect(checkout(without, 'prod')).toMatchObject({ ingress: { port: 8080 }, health: { readiness: { path: '/health' } } });
  });

  test('a configuration, its own variables and its secrets become the environment of a container', () => {
    const files = edited(service, 'env: { LOG_LEVEL: info }', 'env: { LOG_LEVEL: info, FEATURE_NEW_CART: forced }');
    expect(template(files)['containers']).toMatchObject([{ env: [{ name: 'FEATURE_NEW_CART', value: 'forced' }, { name: 'LOG_LEVEL', value: 'info' }, { name: 'PAYMENTS_API_KEY', secretRef: expect.stringMatching(/^payments-api-key-[0-9a-f]{8}$/) }] }]);
  });

  test('another version of a secret is another secret of the app and another revision', () => {
    const rotated = edited(secret, '3f0c2a5b6d7e8f901a2b3c4d5e6f7081', '0000000000000000000000000000000a');
    const [before, after] = [checkout(goodManifests()), checkout(rotated)];
    expect(after.revisionSuffix).not.toBe(before.revisionSuffix);
    expect(JSON.stringify(after.app)).toContain('/secrets/payments-api-key/0000000000000000000000000000000a');
  });

  test('the annotation applies a service again without another revision', () => {
    const again = edited(service, 'module: checkout }', 'module: checkout, annotations: { trueup.dev/reapply: "2" } }');
    const [before, after] = [checkout(goodManifests()), checkout(again)];
    expect(after.digest).not.toBe(before.digest);
    expect(after.revisionSuffix).toBe(before.revisionSuffix);
    expect(after.app.tags['trueup-reapply']).toBe('2');
  });

  test('the escape hatch is merged over the app and listed', () => {
    const files = edited(service, '  resources:', '  azure: { configuration: { dapr: { enabled: true } }, workloadProfileName: d4 }\n  resources:');
    const { app, rawPaths } = checkout(files);
    expect(app.properties).toMatchObject({ workloadProfileName: 'd4', configuration: { activeRevisionsMode: 'Multiple', dapr: { enabled: true } } });
    expect(rawPaths).toEqual(['configuration.dapr.enabled', 'workloadProfileName']);
  });

  test('the identity of the service pulls its image, before those of its secrets', () => {
    const files = edited(service, '  secrets: [payments-api-key]', '  secrets: [payments-api-key]\n  identity: zz-own');
    const { app } = checkout(files);
    expect(app.properties.configuration['registries']).toEqual([{ server: 'contoso.azurecr.io', identity: expect.stringMatching(/\/zz-own$/) }]);
    expect(Object.keys(app.identity['userAssignedIdentities'] as object)).toHaveLength(2);
    expect(compiled(files).environments[0]?.identities).toEqual(['id-storefront', 'zz-own']);
  });

  test('without a policy one replica runs', () => {
    const { [policy]: _policy, ...files } = goodManifests();
    expect(checkout(files)).toMatchObject({ replicas: { min: 1, max: 1 }, scalingPolicy: null });
    expect(template(files)['scale']).toEqual({ minReplicas: 1, maxReplicas: 1 });
  });
});

interface Wrong {
  readonly reason: string;
  readonly files: () => Files;
  readonly code: string;
  /** What is stopped in prod and in staging, and nothing else. */
  readonly prod: readonly string[];
  readonly staging: readonly string[];
}

const second = goodManifests()[service]?.replaceAll('checkout', 'catalog').replace('  secrets: [payments-api-key]\n', '').replace('configuration: storefront', 'identity: id-storefront') ?? '';
const withSecond = (files: Files): Files => ({ ...files, 'trueup/catalog.yaml': second });

const wrong: readonly Wrong[] = [
  { reason: 'a service that is wrong', files: () => edited(service, ':1.4.2', ':latest'), code: 'image-not-pinned', prod: ['RuntimeService checkout'], staging: ['RuntimeService checkout'] },
  { reason: 'a service that is wrong in one environment', files: () => edited(service, ':1.4.1', ':latest'), code: 'image-not-pinned', prod: ['RuntimeService checkout'], staging: [] },
  { reason: 'a configuration that is wrong', files: () => edited(configuration, '"off"', 'off off: 1'), code: 'yaml-syntax', prod: ['RuntimeConfiguration storefront', 'RuntimeService checkout'], staging: ['RuntimeConfiguration storefront', 'RuntimeService checkout'] },
  { reason: 'a configuration that is wrong in one environment', files: () => edited(configuration, '"on"', '1'), code: 'wrong-type', prod: ['RuntimeConfiguration storefront', 'RuntimeService checkout'], staging: [] },
  { reason: 'a policy that is wrong must not scale its service down to one replica', files: () => edited(policy, 'max: 4', 'max: 0'), code: 'out-of-range', prod: ['RuntimeService checkout', 'ScalingPolicy checkout'], staging: ['RuntimeService checkout', 'ScalingPolicy checkout'] },
  { reason: 'a policy that names another service by mistake', files: () => edited(policy, 'service: checkout', 'service: chekout'), code: 'unknown-reference', prod: ['RuntimeService checkout', 'ScalingPolicy checkout'], staging: ['RuntimeService checkout', 'ScalingPolicy checkout'] },
  { reason: 'a policy that cannot be parsed', files: () => edited(policy, 'min: 1', 'min: 1: 2'), code: 'yaml-syntax', prod: ['RuntimeService checkout', 'ScalingPolicy checkout'], staging: ['RuntimeService checkout', 'ScalingPolicy checkout'] },
  { reason: 'a second policy', files: () => ({ ...goodManifests(), 'trueup/z.yaml': goodManifests()[policy]?.replace('name: checkout', 'name: other') ?? '' }), code: 'duplicate-policy', prod: ['RuntimeService checkout', 'ScalingPolicy other'], staging: ['RuntimeService checkout', 'ScalingPolicy other'] },
  { reason: 'an environment that is misspelt does not count as left', files: () => edited(service, 'staging: {}', 'stagging: {}'), code: 'unknown-reference', prod: ['RuntimeService checkout'], staging: ['RuntimeService checkout'] },
  { reason: 'a service that is declared twice', files: () => ({ ...goodManifests(), 'trueup/z.yaml': goodManifests()[service] ?? '' }), code: 'duplicate-name', prod: ['RuntimeService checkout'], staging: ['RuntimeService checkout'] },
  { reason: 'a key that is there twice', files: () => edited(service, '  type: microservice', '  type: microservice\n  type: worker'), code: 'duplicate-key', prod: ['RuntimeService checkout'], staging: ['RuntimeService checkout'] },
  { reason: 'a configuration of another tenant', files: () => edited(configuration, 'tenant: contoso', 'tenant: fabrikam'), code: 'other-tenant', prod: ['RuntimeService checkout'], staging: ['RuntimeService checkout'] },
  { reason: 'a secret that is not there', files: () => edited(service, '[payments-api-key]', '[payments-api-kye]'), code: 'unknown-reference', prod: ['RuntimeService checkout'], staging: ['RuntimeService checkout'] },
  { reason: 'a variable from two places', files: () => edited(service, 'LOG_LEVEL: info', 'PAYMENTS_API_KEY: x'), code: 'duplicate-variable', prod: ['RuntimeService checkout'], staging: ['RuntimeService checkout'] },
  { reason: 'a service of a tenant that is not bound', files: () => ({ ...goodManifests(), 'trueup/f.yaml': second.replaceAll('tenant: contoso', 'tenant: fabrikam').replaceAll('catalog', 'fulfil') }), code: 'tenant-not-bound', prod: ['RuntimeService fulfil'], staging: ['RuntimeService fulfil'] },
  { reason: 'a production environment without a binding', files: () => edited(binding, '[staging, prod]', '[staging]'), code: 'tenant-not-bound', prod: ['RuntimeEnvironment prod'], staging: [] },
  { reason: 'two environments in one resource group', files: () => ({ ...goodManifests(), 'trueup/staging.yaml': goodManifests()['trueup/staging.yaml']?.replaceAll('rg-storefront-staging', 'rg-storefront-prod') ?? '' }), code: 'environment-collision', prod: [], staging: [] },
  { reason: 'an ingress taken away from what scales to zero', files: () => ({ ...edited(service, '    staging: {}', '    staging: { ingress: null, health: null }'), [policy]: goodManifests()[policy]?.replace('min: 1', 'min: 0').replace(/ {2}rules:\n.*\n.*\n/, '') ?? '' }), code: 'never-starts', prod: [], staging: ['RuntimeService checkout'] },
];

describe('one bad document stops its own service or environment', () => {
  test.each(wrong)('$reason', ({ files, code, prod, staging }) => {
    const { environments, problems } = compiled(withSecond(files()));
    expect(problems.filter(({ severity }) => severity === 'error').map((problem) => problem.code)).toContain(code);
    const invalid = Object.fromEntries(environments.map((one) => [one.name, one.invalid.map(({ kind, name }) => `${kind} ${name}`).sort()]));
    expect(invalid).toEqual({ prod, staging });
    for (const environment of environments) {
      const stopped = environment.invalid.filter(({ kind }) => kind === 'RuntimeService').map(({ name }) => name);
      expect(environment.services.map(({ name }) => name).filter((name) => stopped.includes(name))).toEqual([]);
      expect(environment.services.map(({ name }) => name)).toContain('catalog');
    }
  });

  const prod = goodManifests()['trueup/RuntimeEnvironment.yaml'] ?? '';
  const newcomer = (name: string, stage: string, from = prod) => from.replace('name: prod', `name: ${name}`).replace('tenant: contoso', 'tenant: fabrikam').replace('stage: prod', `stage: ${stage}`);
  const elsewhere = prod.replace('managedEnvironment: cae-storefront-prod', 'managedEnvironment: cae-other');

  test.each([
    { reason: 'the same Container Apps environment', text: newcomer('zeta', 'dev'), path: 'spec.azure.managedEnvironment', blamed: 'zeta' },
    { reason: 'a name that comes first', text: newcomer('alpha', 'dev'), path: 'spec.azure.managedEnvironment', blamed: 'alpha' },
    { reason: 'the same resource group, which is enough', text: newcomer('alpha', 'staging', elsewhere), path: 'spec.azure.resourceGroup', blamed: 'alpha' },
    { reason: 'another case of the letters', text: newcomer('alpha', 'dev').replace('rg-storefront-prod', 'RG-Storefront-Prod'), path: 'spec.azure.managedEnvironment', blamed: 'alpha' },
    { reason: 'a stage and name that take the report’s first place, and nothing else', text: newcomer('alpha', 'prod'), path: 'spec.azure.managedEnvironment', blamed: 'prod' },
  ])('a second environment in the place of another stops nobody and is reported: $reason', ({ text, path, blamed }) => {
    const alone = compiled(goodManifests()).environments.find(({ name }) => name === 'prod');
    const { environments, problems } = compiled({ ...goodManifests(), 'trueup/newcomer.yaml': text });
    expect(environments.find(({ name }) => name === 'prod')).toEqual(alone);
    const found = problems.filter(({ code }) => code === 'environment-collision');
    expect(found.filter(({ severity }) => severity === 'error').map((problem) => [problem.document?.name, problem.path])).toEqual([[blamed, path]]);
    expect(found.filter(({ severity }) => severity === 'warning')).toHaveLength(1);
  });

  test('more environments than a repository may have are refused together', () => {
    const one = (goodManifests()['trueup/staging.yaml'] ?? '').replace('stage: staging', 'stage: dev');
    const many = Array.from({ length: 99 }, (_, index) => one.replaceAll('staging', `e${index}`)).join('---\n');
    const { environments, problems } = compiled({ ...goodManifests(), 'trueup/many.yaml': many });
    expect(environments).toEqual([]);
    expect(problems.filter(({ code }) => code === 'too-many-environments').map(({ document }) => document?.name)).toEqual(expect.arrayContaining(['prod', 'e0', 'e98']));
  });

  test.each([
    { kind: 'RuntimeEnviroment', wanted: { kind: 'RuntimeEnvironment', name: 'prod' }, reason: 'the nearest kind is meant' },
    { kind: 'Deployment', wanted: null, reason: 'it may declare anything' },
  ])('a document of kind $kind that cannot be parsed: $reason', ({ kind, wanted }) => {
    const text = (goodManifests()['trueup/RuntimeEnvironment.yaml'] ?? '').replace('RuntimeEnvironment', kind).replace('stage: prod', 'stage: prod: 1');
    const found = compiled({ ...goodManifests(), 'trueup/RuntimeEnvironment.yaml': text }).problems.find(({ code }) => code === 'yaml-syntax');
    expect(found?.document).toEqual(wanted);
  });

  test('five mistakes in one document are five problems on their lines', () => {
    const files = edited(service, '  image: contoso.azurecr.io/checkout:1.4.2', '  image: contoso.azurecr.io/checkout:latest\n  replica: 3');
    const text = (files[service] ?? '').replace('memory: 1Gi', 'memory: 1GB').replace('port: 8080', 'port: 99999').replace('type: microservice', 'type: microservise');
    const { problems } = compiled({ ...files, [service]: text });
    expect(problems.map(({ code, location: { line } }) => `${line} ${code}`)).toEqual(['5 invalid-value', '6 image-not-pinned', '7 unknown-field', '8 out-of-range', '9 invalid-memory']);
  });

  test('a wrong value of an environment’s entry lies in that entry', () => {
    const [problem] = compiled(edited(service, ':1.4.1"', ':latest"')).problems;
    expect(problem).toMatchObject({ path: 'spec.environments.prod.image', location: { line: 20 }, document: { kind: 'RuntimeService', name: 'checkout' } });
  });

  test('a file with thousands of mistakes does not bury the others', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `  f${index}: 1`).join('\n');
    const { problems } = compiled(edited(service, '  type: microservice', `  type: microservice\n${many}`));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatchObject({ code: 'more-problems', severity: 'error' });
  });
});

describe('warnings', () => {
  test.each([
    { reason: 'signs in at the registry with a password', server: 'Contoso.azurecr.io', warned: false },
    { reason: 'signs in at another registry', server: 'fabrikam.azurecr.io', warned: true },
  ])('an image of a service without identity that $reason', ({ server, warned }) => {
    const { problems } = compiled(edited(service, '  secrets: [payments-api-key]', `  azure: { configuration: { registries: [{ server: ${server}, username: contoso, passwordSecretRef: pull }] } }`));
    expect(problems.some(({ code }) => code === 'no-pull-identity')).toBe(warned);
  });

  test.each([
    { reason: 'a canary that nothing measures', file: service, from: 'strategy: all-at-once', to: 'strategy: canary\n    steps: [{ weight: 10, bake: 5m }]', code: 'not-measured', line: 16 },
    { reason: 'drift of a service that is not there', file: 'trueup/RuntimeEnvironment.yaml', from: '{ mode: report }', to: '{ mode: heal, paths: [{ path: tags.owner, mode: report, services: [gone] }] }', code: 'unknown-reference', line: 11 },
    { reason: 'objectives', file: policy, from: '  cooldown: 5m', to: '  slo: { availability: 99.9% }', code: 'not-acted-on', line: 10 },
    { reason: 'an annotation that nothing knows', file: service, from: 'module: checkout }', to: 'module: checkout, annotations: { trueup.dev/reaply: "1" } }', code: 'not-acted-on', line: 3 },
    { reason: 'a secret that is not pinned', file: secret, from: '  version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081\n', to: '', code: 'secret-not-pinned', line: 7 },
    { reason: 'a part of a version', file: secret, from: '3f0c2a5b6d7e8f901a2b3c4d5e6f7081', to: '3f0c2a', code: 'secret-version-short', line: 8 },
    { reason: 'an image that nobody may pull', file: service, from: '  secrets: [payments-api-key]', to: '', code: 'no-pull-identity', line: 6 },
    { reason: 'a region that is new', file: 'trueup/RuntimeEnvironment.yaml', from: 'westeurope', to: 'marsnorth', code: 'unknown-region', line: 6 },
    { reason: 'a service that runs nowhere', file: service, from: '  environments:\n    staging: {}\n    prod: { image: "contoso.azurecr.io/checkout:1.4.1", promotion: { from: staging } }', to: '  environments: {}', code: 'runs-nowhere', line: 18 },
    { reason: 'a configuration that nobody names', file: service, from: '  configuration: storefront\n', to: '', code: 'unused', line: 3 },
  ])('$reason is declared, applied and warned about', ({ file, from, to, code, line }) => {
    const { problems, environments } = compiled(edited(file, from, to));
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(problems.map((problem) => [problem.code, problem.location.line])).toContainEqual([code, line]);
    expect(environments.flatMap(({ invalid }) => invalid)).toEqual([]);
  });
});
