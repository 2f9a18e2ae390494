import { describe, expect } from 'vitest';
import { compiled, edited, fileOf, goodManifests } from '../../../../test/support/manifests.ts';
import { fc, test } from '../../../../test/support/property.ts';
import type { KindName } from '../kinds/kinds.ts';

type Files = Readonly<Record<string, string>>;

/** A line of a good document, what stands there instead, and the one error that it gets, if any, there unless `below` it. */
interface Mistake {
  readonly in: KindName | 'staging';
  readonly line: string;
  readonly becomes: string;
  readonly code: string | null;
  readonly below?: number;
}

const serviceHead = 'metadata: { name: checkout, tenant: contoso, project: storefront, module: checkout }';
const policyHead = 'metadata: { name: checkout, tenant: contoso, project: storefront }';
const azureLine = '    subscription: 00000000-0000-0000-0000-000000000000';

function mistakes(kind: Mistake['in'], rows: readonly (readonly [line: string, becomes: string, code: string])[]): readonly Mistake[] {
  return rows.map(([line, becomes, code]) => ({ in: kind, line, becomes, code }));
}

/** Each on a line of its own, so that any of them may be made together. */
const pool: readonly Mistake[] = [
  ...mistakes('RuntimeService', [
    ['apiVersion: trueup.dev/v1', 'apiVersion: trueup.dev/v2', 'invalid-value'],
    ['kind: RuntimeService', 'kind: RuntimeServce', 'unknown-kind'],
    [serviceHead, serviceHead.replace('module: checkout', 'module: Check_out'), 'invalid-name'],
    ['  type: microservice', '  type: microservise', 'invalid-value'],
    ['  image: contoso.azurecr.io/checkout:1.4.2', '  image: contoso.azurecr.io/checkout:latest', 'image-not-pinned'],
    ['  ingress: { port: 8080, external: true }', '  ingress: { port: 80800, external: true }', 'out-of-range'],
    ['  resources: { cpu: 0.5, memory: 1Gi }', '  resources: { cpu: 0.333, memory: 1Gi }', 'invalid-cpu'],
    ['  env: { LOG_LEVEL: info }', '  env: { 1A: info }', 'invalid-variable-name'],
    ['  configuration: storefront', '  configuration: storefrnt', 'unknown-reference'],
    ['  secrets: [payments-api-key]', '  secrets: [payments-api-kee]', 'unknown-reference'],
    ['    readiness: { path: /health, timeout: 5s }', '    readiness: { path: health, timeout: 5s }', 'invalid-probe-path'],
    ['    liveness: { path: /alive }', '    liveness: { path: /alive, timeout: 1500ms }', 'invalid-duration'],
    ['    strategy: all-at-once', '    strategy: canary', 'invalid-rollout'],
    ['    staging: {}', '    stagin: {}', 'unknown-reference'],
    ['    prod: { image: "contoso.azurecr.io/checkout:1.4.1", promotion: { from: staging } }', '    prod: 5', 'wrong-type'],
  ]),
  ...mistakes('ScalingPolicy', [
    [policyHead, policyHead.replace('tenant: contoso', 'tenant: Contoso'), 'invalid-name'],
    ['  service: checkout', '  service: chekout', 'unknown-reference'],
    ['  replicas: { min: 1, max: 4 }', '  replicas: { min: 10, max: 4 }', 'out-of-range'],
    ['    - name: http', '    - name: HTTP', 'invalid-name'],
    ['      http: { concurrentRequests: 50 }', '      http: { concurrentRequests: fifty }', 'wrong-type'],
    ['  cooldown: 5m', '  cooldown: 300', 'wrong-type'],
    ['    prod: { replicas: { min: 2, max: 20 } }', '    prod: { replica: { min: 11, max: 20 } }', 'unknown-field'],
  ]),
  ...mistakes('SecretBinding', [
    ['  env: PAYMENTS_API_KEY', '  env: 1PAYMENTS', 'invalid-variable-name'],
    ['  vault: kv-storefront', '  vault: https://kv-storefront.vault.azure.net', 'invalid-vault'],
    ['  version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081', '  version: latest', 'invalid-secret-version'],
    ['  identity: id-storefront', '  identity: id/storefront', 'invalid-azure-name'],
    ['  rotation: { maxAge: 90d }', '  rotation: { maxAge: P1Y }', 'invalid-duration'],
  ]),
  ...mistakes('RuntimeConfiguration', [
    ['  values: { FEATURE_NEW_CART: "off" }', '  values: { FEATURE_NEW_CART: "off", OTHER: 5 }', 'wrong-type'],
    ['    prod: { values: { FEATURE_NEW_CART: "on" } }', '    prod: { value: { FEATURE_NEW_CART: "on" } }', 'unknown-field'],
  ]),
  ...mistakes('RuntimeTenantBinding', [
    ['  isolation: pool', '  isolation: pooled', 'invalid-value'],
    ['  environments: [staging, prod]', '  environments: [staging, prdo]', 'unknown-reference'],
    ['  quota: { services: 20, replicas: 60, cpu: 40, memory: 80Gi }', '  quota: { services: -1 }', 'out-of-range'],
  ]),
  ...(['RuntimeEnvironment', 'staging'] as const).flatMap((kind) =>
    mistakes(kind, [
      ['  region: westeurope', '  region: westeuorpe', 'unknown-region'],
      [azureLine, '    subscription: production', 'invalid-azure-name'],
      ['  drift: { mode: report }', '  drift: { mode: fix }', 'invalid-value'],
    ]),
  ),
];

/** The good manifests with the mistakes, in files of their own or one after the other in one, and the errors to expect. */
function planted(wanted: readonly Mistake[], inOneFile = false): { readonly files: Files; readonly errors: readonly string[] } {
  const files = Object.entries(goodManifests()).map(([path, text]) => ({ path, lines: text.split('\n') }));
  const places = wanted.map((mistake) => {
    const file = files.find(({ path }) => path === `trueup/${mistake.in}.yaml`);
    const index = file?.lines.indexOf(mistake.line) ?? -1;
    if (file === undefined || index === -1) throw new Error(`${mistake.in} has no line ${JSON.stringify(mistake.line)}`);
    return { file, index, mistake };
  });
  for (const { file, index, mistake } of places) file.lines[index] = mistake.becomes;
  const texts = files.map(({ lines }) => lines.join('\n'));
  const before = files.map((_, index) => texts.slice(0, index).join('---\n').split('\n').length - (index === 0 ? 1 : 0));
  const errors = places.flatMap(({ file, index, mistake: { code, below = 0 } }) => {
    if (code === null) return [];
    const offset = inOneFile ? (before[files.indexOf(file)] ?? 0) : 0;
    const inside = file.lines.slice(0, index).join('\n').split('\n').length - (index === 0 ? 1 : 0);
    return `${inOneFile ? 'trueup/all.yaml' : file.path}:${offset + inside + 1 + below} ${code}`;
  });
  return { files: inOneFile ? { 'trueup/all.yaml': texts.join('---\n') } : Object.fromEntries(files.map(({ path }, index) => [path, texts[index] ?? ''])), errors: errors.sort() };
}

function errorsOf(files: Files): readonly string[] {
  const errors = compiled(files).problems.filter(({ severity }) => severity === 'error');
  return errors.map(({ code, location: { file, line } }) => `${file}:${line} ${code}`).sort();
}

const [replicas, ingress] = ['  replicas: { min: 1, max: 4 }', '  ingress: { port: 8080, external: true }'];
const poolOf = (...codes: readonly string[]): readonly Mistake[] => codes.map((text) => {
  const found = pool.find(({ becomes }) => becomes.includes(text));
  if (found === undefined) throw new Error(`no mistake has ${text}`);
  return found;
});

const rows: readonly { readonly reason: string; readonly mistakes: readonly Mistake[]; readonly also?: Files; readonly more?: readonly string[] }[] = [
  { reason: 'five in one document', mistakes: poolOf('microservise', 'checkout:latest', '80800', '0.333', 'storefrnt') },
  { reason: 'five over several files', mistakes: poolOf('checkout:latest', 'min: 10', 'kv-storefront.vault', 'pooled', 'westeuorpe') },
  { reason: 'every mistake of a service that fits on its lines', mistakes: pool.filter((one) => one.in === 'RuntimeService') },
  { reason: 'fields that are wrong together beside fields that are wrong alone', mistakes: poolOf('min: 10', 'fifty', 'cooldown: 300', 'chekout') },
  { reason: 'an entry of an environment hides neither its neighbour nor the rest', mistakes: [
    ...poolOf('prod: 5', 'microservise', 'storefrnt'),
    { in: 'RuntimeService', line: '    staging: {}', becomes: '    staging: { image: "contoso.azurecr.io/checkout" }', code: 'image-not-pinned' },
  ] },
  { reason: 'what an environment’s entry makes wrong, beside a field that is wrong everywhere', mistakes: [
    ...poolOf('cooldown: 300'),
    { in: 'ScalingPolicy', line: '    prod: { replicas: { min: 2, max: 20 } }', becomes: '    prod: { replicas: { min: 20, max: 2 } }', code: 'out-of-range' },
  ] },
  { reason: 'a list with an entry that is none, one that is there twice and one of nobody', mistakes: [
    { in: 'RuntimeService', line: '  secrets: [payments-api-key]', becomes: '  secrets:\n    - payments-api-key\n    - 5\n    - payments-api-key\n    - payments-api-kee', code: 'wrong-type', below: 2 },
  ], more: ['trueup/RuntimeService.yaml:14 duplicate-item', 'trueup/RuntimeService.yaml:15 unknown-reference'] },
  { reason: 'a variable from two places, a secret and a probe in a service without a type', mistakes: [
    { in: 'RuntimeService', line: '  env: { LOG_LEVEL: info }', becomes: '  env: { PAYMENTS_API_KEY: x, A: "ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9" }', code: 'inline-secret' },
    { in: 'RuntimeService', line: '  type: microservice', becomes: '  # no type', code: 'missing-field', below: -1 },
    ...poolOf('path: health'),
  ], more: ['trueup/RuntimeService.yaml:11 duplicate-variable'] },
  { reason: 'a name that is taken, by a document that is wrong', mistakes: poolOf('microservise'), also: { 'trueup/z.yaml': goodManifests()['trueup/RuntimeService.yaml'] ?? '' }, more: ['trueup/z.yaml:3 duplicate-name'] },
  { reason: 'two policies for one service, both wrong', mistakes: poolOf('cooldown: 300'), also: { 'trueup/z.yaml': (goodManifests()['trueup/ScalingPolicy.yaml'] ?? '').replace('name: checkout', 'name: other').replace(replicas, '  replicas: { min: 1, max: 0 }') }, more: ['trueup/z.yaml:5 duplicate-policy', 'trueup/z.yaml:6 out-of-range'] },
  { reason: 'a service of a tenant that is not bound, wrong itself', mistakes: [{ in: 'RuntimeService', line: serviceHead, becomes: 'metadata: { name: catalog, tenant: fabrikam, project: storefront }', code: 'tenant-not-bound' }, { in: 'RuntimeService', line: ingress, becomes: '  ingress: { port: 0 }', code: 'out-of-range' }],
    more: ['trueup/RuntimeService.yaml:10 other-tenant', 'trueup/RuntimeService.yaml:11 other-tenant', 'trueup/ScalingPolicy.yaml:5 unknown-reference'] },
  { reason: 'a key that is there twice, and the fields beside it', mistakes: [{ in: 'RuntimeService', line: '  type: microservice', becomes: '  type: microservice\n  type: worker', code: 'duplicate-key', below: 1 }, ...poolOf('80800', 'storefrnt')] },
  { reason: 'two environments in one place, both wrong', mistakes: [
    ...poolOf('westeuorpe'),
    { in: 'staging', line: '    managedEnvironment: cae-storefront-staging', becomes: '    managedEnvironment: cae-storefront-prod', code: 'environment-collision' },
    { in: 'staging', line: '    resourceGroup: rg-storefront-staging', becomes: '    resourceGroup: rg-storefront-prod', code: null },
    { in: 'staging', line: '  drift: { mode: report }', becomes: '  drift: { mode: fix }', code: 'invalid-value' },
  ] },
  { reason: 'a policy that never lets a service start, beside another mistake of each', mistakes: [
    { in: 'RuntimeService', line: serviceHead, becomes: serviceHead, code: 'never-starts' },
    { in: 'RuntimeService', line: ingress, becomes: '  # none', code: null },
    { in: 'RuntimeService', line: '    readiness: { path: /health, timeout: 5s }', becomes: '    readiness: { path: /health, port: 80800 }', code: 'out-of-range' },
    { in: 'RuntimeService', line: '    liveness: { path: /alive }', becomes: '    liveness: { path: /alive, port: 8080 }', code: null },
    { in: 'ScalingPolicy', line: replicas, becomes: '  replicas: { min: 0, max: 4 }', code: null },
    { in: 'ScalingPolicy', line: '  rules:', becomes: '  rules: []', code: null },
    { in: 'ScalingPolicy', line: '    - name: http', becomes: '  # no rule', code: null },
    { in: 'ScalingPolicy', line: '      http: { concurrentRequests: 50 }', becomes: '  # no trigger', code: null },
    ...poolOf('cooldown: 300'),
  ] },
];

/** One mistake, and nothing that only follows from it. */
const alone: readonly { readonly reason: string; readonly files: () => Files; readonly error: string }[] = [
  { reason: 'the name of a configuration that a service names rightly', files: () => edited(fileOf('RuntimeConfiguration'), 'name: storefront', 'name: Storefront'), error: 'trueup/RuntimeConfiguration.yaml:3 invalid-name' },
  { reason: 'the name of a service that a policy names', files: () => edited(fileOf('RuntimeService'), 'name: checkout,', 'name: check--out,'), error: 'trueup/RuntimeService.yaml:3 invalid-name' },
  { reason: 'the name of an environment that everything names', files: () => edited(fileOf('RuntimeEnvironment'), 'name: prod', 'name: PROD'), error: 'trueup/RuntimeEnvironment.yaml:3 invalid-name' },
  { reason: 'a configuration without a name', files: () => edited(fileOf('RuntimeConfiguration'), 'name: storefront, ', ''), error: 'trueup/RuntimeConfiguration.yaml:3 missing-field' },
  { reason: 'a configuration of no kind', files: () => edited(fileOf('RuntimeConfiguration'), 'kind: RuntimeConfiguration\n', ''), error: 'trueup/RuntimeConfiguration.yaml:1 missing-field' },
  { reason: 'a binding that cannot be parsed', files: () => edited(fileOf('SecretBinding'), 'env: P', 'env: P: x'), error: 'trueup/SecretBinding.yaml:5 yaml-syntax' },
  { reason: 'a file that cannot be read at all', files: () => ({ ...goodManifests(), 'trueup/SecretBinding.yaml': '{' }), error: 'trueup/SecretBinding.yaml:1 yaml-syntax' },
  { reason: 'an owner’s binding that lists another name', files: () => edited(fileOf('RuntimeTenantBinding'), 'staging, prod', 'staging, prdo'), error: 'trueup/RuntimeTenantBinding.yaml:6 unknown-reference' },
  { reason: 'cores that are no number leave the memory alone', files: () => edited(fileOf('RuntimeService'), 'cpu: 0.5', 'cpu: half'), error: 'trueup/RuntimeService.yaml:8 wrong-type' },
  { reason: 'an ingress that is wrong is one for the probes', files: () => edited(fileOf('RuntimeService'), '{ port: 8080, external: true }', '8080'), error: 'trueup/RuntimeService.yaml:7 wrong-type' },
  { reason: 'replicas that each environment finds wrong in its own way', files: () => edited(fileOf('ScalingPolicy'), /min: 1, max: 4([^]*)min: 2, /, 'min: 30, max: 4$1'), error: 'trueup/ScalingPolicy.yaml:6 out-of-range' },
  { reason: 'a strategy of nobody, with the steps of a canary', files: () => edited(fileOf('RuntimeService'), 'strategy: all-at-once', 'strategy: canari\n    steps: [{ weight: 10, bake: 5m }]'), error: 'trueup/RuntimeService.yaml:16 invalid-value' },
  { reason: '`environments` misspelt', files: () => edited(fileOf('RuntimeService'), '  environments:', '  enviroments:'), error: 'trueup/RuntimeService.yaml:18 unknown-field' },
  { reason: 'a merge key, and the fields that it would have brought', files: () => edited(fileOf('RuntimeConfiguration'), '  values: { FEATURE_NEW_CART: "off" }', '  <<: { values: { A: b } }'), error: 'trueup/RuntimeConfiguration.yaml:5 merge-key' },
  { reason: 'a secret where a name is expected', files: () => edited(fileOf('RuntimeService'), 'configuration: storefront', 'configuration: ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9'), error: 'trueup/RuntimeService.yaml:10 inline-secret' },
  { reason: 'an environment that is declared twice', files: () => ({ ...goodManifests(), 'trueup/z.yaml': goodManifests()['trueup/RuntimeEnvironment.yaml'] ?? '' }), error: 'trueup/z.yaml:3 duplicate-name' },
];

describe('mistakes', () => {
  test.each(rows)('are told all at once, each where it stands: $reason', ({ mistakes: wanted, also = {}, more = [] }) => {
    const { files, errors } = planted(wanted);
    expect(errorsOf({ ...files, ...also })).toEqual([...errors, ...more].sort());
  });

  test.each(alone)('bring no others with them: $reason', ({ files, error }) => {
    expect(errorsOf(files())).toEqual([error]);
  });

  test.each([
    { line: '  replicas: 3', hint: '`replicas` is a field of ScalingPolicy: declare it there', reason: 'a field of another kind' },
    { line: '  replica: 3', hint: '`replicas` is a field of ScalingPolicy: declare it there', reason: 'nearly a field of another kind' },
    { line: '  cpu: 1', hint: 'It belongs in `spec.resources`', reason: 'a field of another mapping' },
    { line: '  identiti: id-x', hint: 'Did you mean `identity`?', reason: 'a typing error' },
    { line: '  enviroments: {}', hint: 'Did you mean `environments`?', reason: 'a typing error in what is merged' },
    { line: 'image: contoso.azurecr.io/checkout:1', hint: 'It belongs in `spec`', reason: 'a field that is not indented' },
    { line: 'cooldown: 5m', hint: '`cooldown` is a field of ScalingPolicy: declare it there', reason: 'a field of another kind that is not indented' },
    { line: '  zzz: 1', hint: null, reason: 'nothing is near' },
  ])('say where an unknown field belongs: $reason', ({ line, hint }) => {
    const files = edited(fileOf('RuntimeService'), /$/, `${line}\n`);
    const moved = line.startsWith(' ') ? edited(fileOf('RuntimeService'), '  type:', `${line}\n  type:`) : files;
    expect(compiled(moved).problems.filter(({ code }) => code === 'unknown-field').map((problem) => problem.hint)).toEqual([hint]);
  });

  test('any of them in a good set of manifests are exactly as many errors, on their lines', () => {
    fc.assert(
      fc.property(fc.subarray([...pool], { minLength: 1, maxLength: 12 }), fc.boolean(), (wanted, inOneFile) => {
        const { files, errors } = planted(wanted, inOneFile);
        expect(errorsOf(files)).toEqual(errors);
      }),
      { numRuns: 150 },
    );
  });
});
