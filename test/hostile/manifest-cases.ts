import type { KindName } from '../../src/gitops/domain/kinds/kinds.ts';

/** One line of a good document made bad, and the answer it gets. */
export interface ManifestCase {
  readonly reason: string;
  readonly kind: KindName;
  /** A whole line of the kind's example, and what stands there instead. */
  readonly line: string;
  readonly becomes: string;
  readonly code: string;
  /** Lines after the first changed one where the problem lies; 0 by default. */
  readonly below?: number;
  /** Where the problem is not the only one. */
  readonly also?: readonly string[];
  /** In `becomes`, where it is not the value of a variable. */
  readonly secret?: string;
  /** A part of what the author is told. */
  readonly says?: string;
}

type Row = Omit<ManifestCase, 'kind'>;

function of(kind: KindName, rows: readonly Row[]): readonly ManifestCase[] {
  return rows.map((row) => ({ kind, ...row }));
}

/** Rows that differ in what one line becomes. */
function instead(line: string, code: string, rows: Readonly<Record<string, string>>, more: Partial<Row> = {}): readonly Row[] {
  return Object.entries(rows).map(([reason, becomes]) => ({ reason, line, becomes, code, ...more }));
}

const image = '  image: contoso.azurecr.io/checkout:1.4.2';
const env = '  env: { LOG_LEVEL: info }';
const resources = '  resources: { cpu: 0.5, memory: 1Gi }';
const strategy = '    strategy: all-at-once';
const canary = (steps: string): string => `    strategy: canary\n    steps: [${steps}]`;
const serviceMetadata = 'metadata: { name: checkout, tenant: contoso, project: storefront, module: checkout }';
const environmentMetadata = 'metadata: { name: prod, tenant: contoso, project: storefront }';
const named = (name: string): string => environmentMetadata.replace('prod', name);
const replicas = '  replicas: { min: 1, max: 4 }';
const vault = '  vault: kv-storefront';
const maxAge = '  rotation: { maxAge: 90d }';
const rule = '      http: { concurrentRequests: 50 }';
const raw = (text: string): string => `${image}\n  azure: ${text}`;
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N'].join('.');
const github = `ghs_${'aB3dE6gH9'.repeat(4)}`;
const pem = '-----BEGIN RSA PRIVATE KEY-----';
const gate = (text: string): string => `${strategy}\n    gate: ${text}`;
const logGate = (fields: string): string => gate(`{ logs: [{ name: errors, workspace: 00000000-0000-0000-0000-000000000000, passes: "<= 5", ${fields} }] }`);
const httpGate = (url: string): string => gate(`{ http: [{ name: tests, url: ${JSON.stringify(url)} }] }`);
const freeze = '    - { cron: "0 17 * * 5", timezone: Europe/Berlin, duration: 63h, reason: weekend }';
const freezing = (text: string): string => `    - { ${text} }`;
const drift = '  drift: { mode: report }';
const drifting = (...rows: readonly string[]): string => `  drift: { paths: [${rows.map((row) => `{ ${row} }`).join(', ')}] }`;
const ignoring = (path: string): string => drifting(`path: ${JSON.stringify(path)}, mode: ignore, reason: of others`);
const inProd = '    prod: { image: "contoso.azurecr.io/checkout:1.4.1", promotion: { from: staging } }';
const secretIn = (value: string): string => `  env: { SETTING: ${JSON.stringify(value)} }`;

export const manifestCases: readonly ManifestCase[] = [
  ...of('RuntimeService', [
    ...instead(strategy, 'out-of-range', {
      'a weight of 101': canary('{ weight: 101, bake: 5m }'),
      'a weight of 100 is no canary': canary('{ weight: 100, bake: 5m }'),
      'a weight of -1': canary('{ weight: -1, bake: 5m }'),
    }, { below: 1 }),
    ...instead(strategy, 'wrong-type', {
      'a weight of 33.3': canary('{ weight: 33.3, bake: 5m }'),
      'a weight that is a text': canary('{ weight: "50", bake: 5m }'),
      'a weight that is NaN': canary('{ weight: NaN, bake: 5m }'),
      'a weight that is Infinity': canary('{ weight: Infinity, bake: 5m }'),
    }, { below: 1 }),
    { reason: 'weights that do not rise', line: strategy, becomes: canary('{ weight: 50, bake: 5m }, { weight: 50, bake: 5m }'), code: 'invalid-rollout', below: 1 },
    { reason: 'a hundred steps', line: strategy, becomes: canary(Array.from({ length: 100 }, () => '{ weight: 1, bake: 1s }').join(', ')), code: 'out-of-range', below: 1 },
    { reason: 'a canary without steps', line: strategy, becomes: '    strategy: canary', code: 'invalid-rollout' },
    { reason: 'steps without a canary', line: strategy, becomes: '    steps: [{ weight: 1, bake: 1s }]', code: 'invalid-rollout' },
    ...instead(strategy, 'invalid-duration', {
      'a duration of a year in ISO': canary('{ weight: 1, bake: P1Y }'),
      'a negative duration': canary('{ weight: 1, bake: -5m }'),
      'a duration without a unit': canary('{ weight: 1, bake: "5" }'),
    }, { below: 1 }),
    { reason: 'a duration of a thousand years', line: strategy, becomes: canary('{ weight: 1, bake: 9999999h }'), code: 'out-of-range', below: 1 },
    { reason: 'a gate that is no percentage', line: strategy, becomes: '    gate: { successRate: "99" }', code: 'invalid-percentage' },
    ...instead(strategy, 'invalid-bound', {
      'restarts without a side': gate('{ restarts: "2" }'),
      'restarts beyond all numbers': gate(`{ restarts: "<= ${'9'.repeat(400)}" }`),
      'a latency of a thousand years': gate('{ latencyP95: "<= 9999999h" }'),
      'a bound in other digits': logGate('query: "print 1", passes: "<= ٥"').replace('passes: "<= 5", ', ''),
      'a bound that is infinite': logGate('query: "print 1", passes: "<= Infinity"').replace('passes: "<= 5", ', ''),
    }, { below: 1 }),
    { reason: 'restarts that are a number', line: strategy, becomes: gate('{ restarts: 1e400 }'), code: 'number-out-of-range', below: 1 },
    { reason: 'samples beyond all numbers', line: strategy, becomes: gate('{ successRate: ">= 99%", minSamples: 99999999 }'), code: 'out-of-range', below: 1 },
    ...instead(strategy, 'invalid-query', {
      'a query of 100,000 characters': logGate(`query: "${'x'.repeat(100_000)}"`),
      'a query of nothing': logGate('query: "  "'),
    }, { below: 1 }),
    { reason: 'a query with a placeholder of somebody’s own', line: strategy, becomes: logGate('query: "print {secret}"'), code: 'unknown-placeholder', below: 1 },
    { reason: 'a query with a secret', line: strategy, becomes: logGate(`query: "print '${github}'"`), code: 'inline-secret', below: 1, secret: github },
    { reason: 'a workspace by its resource id', line: strategy, becomes: logGate('query: "print 1"').replace('00000000-0000-0000-0000-000000000000', '/subscriptions/x'), code: 'invalid-azure-name', below: 1 },
    { reason: 'a thousand queries', line: strategy, becomes: gate(`{ logs: [${Array.from({ length: 1000 }, (_, index) => `{ name: q${index}, workspace: 00000000-0000-0000-0000-000000000000, query: a, passes: "<= 1" }`).join(', ')}] }`), code: 'out-of-range', below: 1 },
    ...instead(strategy, 'invalid-address', {
      'a system without encryption': httpGate('http://gates.example.com/'),
      'a system with a user': httpGate('https://user@gates.example.com/'),
      'a system on this machine': httpGate('https://localhost/'),
      'a system by its address': httpGate('https://127.0.0.1/'),
      'a system by its address in one number': httpGate('https://2130706433/'),
      'the metadata service': httpGate('https://169.254.169.254/metadata/identity/oauth2/token'),
      'a system by its IPv6 address': httpGate('https://[::ffff:169.254.169.254]/'),
      'a system at another port': httpGate('https://gates.example.com:6443/'),
      'a system behind a backslash': httpGate('https://evil.example\\@gates.example.com/'),
      'a system of the own network': httpGate('https://kubernetes.default.svc.cluster.local/'),
      'a system with full-width dots': httpGate('https://127．0．0．1/'),
      'a file': httpGate('file:///etc/passwd'),
    }, { below: 1 }),
    { reason: 'a system with a password', line: strategy, becomes: httpGate('https://user:hunter2hunter2@gates.example.com/'), code: 'inline-secret', below: 1, secret: 'hunter2hunter2' },
    { reason: 'a gate called by a name of ours', line: strategy, becomes: logGate('query: "print 1"').replace('errors', 'readiness'), code: 'reserved-name', below: 1 },
    { reason: 'a service applied again where it does not run', line: serviceMetadata, becomes: serviceMetadata.replace(' }', ', annotations: { "trueup.dev/reapply.../prod": x } }'), code: 'unknown-reference' },
    { reason: 'a promotion from itself', line: inProd, becomes: inProd.replace('staging', 'prod'), code: 'invalid-promotion' },
    { reason: 'a promotion from an environment that climbs', line: inProd, becomes: inProd.replace('from: staging', 'from: ../staging'), code: 'invalid-name' },
    { reason: 'a promotion of 10,000 values', line: inProd, becomes: inProd.replace('from: staging', `from: staging, values: [${Array.from({ length: 10_000 }, (_, index) => `V${index}`).join(', ')}]`), code: 'out-of-range' },
    { reason: 'a promotion for all environments', line: image, becomes: `${image}\n  promotion: { from: staging }`, code: 'misplaced-field', below: 1 },
    { reason: 'cores of 0.333', line: resources, becomes: '  resources: { cpu: 0.333, memory: 1Gi }', code: 'invalid-cpu' },
    { reason: 'cores that are a text', line: resources, becomes: '  resources: { cpu: "0.5", memory: 1Gi }', code: 'wrong-type', says: 'without quotes' },
    { reason: 'memory that does not go with the cores', line: resources, becomes: '  resources: { cpu: 0.5, memory: 3Gi }', code: 'invalid-memory' },
    { reason: 'memory in a unit of nobody', line: resources, becomes: '  resources: { cpu: 0.5, memory: 1GB }', code: 'invalid-memory' },
    ...instead(env, 'invalid-variable-name', {
      'a variable with an equals sign': '  env: { "A=B": x }',
      'a variable with a line break': '  env: { "A\\nB": x }',
      'a variable that starts with a digit': '  env: { 1A: x }',
    }),
    { reason: 'a value of 32 kB', line: env, becomes: `  env: { A: ${'x'.repeat(32_768)} }`, code: 'value-too-long' },
    { reason: 'a value that is a number', line: env, becomes: '  env: { A: 1 }', code: 'wrong-type', says: 'Put it in quotes: "1"' },
    ...instead(image, 'image-not-pinned', {
      'latest': '  image: contoso.azurecr.io/checkout:latest',
      'no tag': '  image: contoso.azurecr.io/checkout',
      'no tag, but a port': '  image: registry.example:5000/checkout',
    }),
    ...instead(image, 'invalid-image', {
      'a digest that is too short': '  image: contoso.azurecr.io/checkout@sha256:abc',
      'two digests': `  image: a/b@sha256:${'0'.repeat(64)}@sha256:${'0'.repeat(64)}`,
      'upper case': '  image: contoso.azurecr.io/Checkout:1.4.2',
      'dots that climb': '  image: contoso.azurecr.io/../other:1',
      'a URL': '  image: https://contoso.azurecr.io/checkout:1',
      'a space': '  image: "contoso.azurecr.io/check out:1"',
    }),
    ...instead(serviceMetadata, 'invalid-name', {
      'a service of 33 characters': serviceMetadata.replace('checkout', 'c'.repeat(33)),
      'a service with two hyphens in a row': serviceMetadata.replace('checkout', 'check--out'),
      'a service that ends with a hyphen': serviceMetadata.replace('checkout', 'checkout-'),
    }),
    { reason: 'an environment that nobody declares', line: '    staging: {}', becomes: '    stagin: {}', code: 'unknown-reference', says: '`staging`' },
    { reason: 'an environment called constructor', line: '    staging: {}', becomes: '    constructor: {}', code: 'reserved-name' },
    { reason: '101 environments', line: '    staging: {}', becomes: Array.from({ length: 101 }, (_, index) => `    e${index}: {}`).join('\n'), code: 'out-of-range', below: -1 },
    { reason: 'a configuration that nobody declares', line: '  configuration: storefront', becomes: '  configuration: storefrnt', code: 'unknown-reference', says: '`storefront`' },
    { reason: 'a secret twice', line: '  secrets: [payments-api-key]', becomes: '  secrets: [payments-api-key, payments-api-key]', code: 'duplicate-item' },
    { reason: 'an unknown field', line: image, becomes: `${image}\n  replica: 3`, code: 'unknown-field', below: 1 },
    { reason: 'a field that is nearly right', line: '  configuration: storefront', becomes: '  configurations: storefront', code: 'unknown-field', says: '`configuration`' },
    ...instead(image, 'owned-elsewhere', {
      'a traffic weight by the escape hatch': raw('{ configuration: { ingress: { traffic: [{ weight: 100 }] } } }'),
      'a secret by the escape hatch': raw('{ configuration: { secrets: [{ name: a, value: b }] } }'),
      'another environment by the escape hatch': raw('{ environmentId: /subscriptions/x }'),
    }, { below: 1 }),
    { reason: 'an image by the escape hatch is pinned too', line: image, becomes: raw('{ template: { containers: [{ name: a, image: "evil:latest" }] } }'), code: 'image-not-pinned', below: 1 },
    { reason: 'an identity of somebody else by the escape hatch', line: image, becomes: raw('{ configuration: { registries: [{ server: x, identity: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-other/providers/y }] } }'), code: 'foreign-resource', below: 1 },
    { reason: 'a template taken away by the escape hatch', line: image, becomes: raw('{ template: null }'), code: 'wrong-type', below: 1 },
    { reason: 'a probe that leaves the service', line: '    liveness: { path: /alive }', becomes: '    liveness: { path: "//evil.example/x" }', code: 'invalid-probe-path' },
    { reason: 'a probe of a URL', line: '    liveness: { path: /alive }', becomes: '    liveness: { path: "http://168.63.129.16/" }', code: 'invalid-probe-path' },
    { reason: 'a probe timeout of half a second', line: '    liveness: { path: /alive }', becomes: '    liveness: { path: /alive, timeout: 1500ms }', code: 'invalid-duration' },
    { reason: 'truth by YAML 1.1', line: '  ingress: { port: 8080, external: true }', becomes: '  ingress: { port: 8080, external: yes }', code: 'wrong-type', says: 'true and false' },
    { reason: 'a port in octal', line: '  ingress: { port: 8080, external: true }', becomes: '  ingress: { port: 0o20, external: true }', code: 'number-spelling' },
    ...instead(env, 'inline-secret', {
      'a private key': secretIn(pem),
      'a GitHub token': secretIn(github),
      'a SAS signature': secretIn(`https://x.blob.core.windows.net/a?sv=2024&sig=${'aB3%2F'.repeat(8)}`),
      'a connection string': secretIn(`DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${'aB3'.repeat(20)}==`),
      'a web token': secretIn(jwt),
      'a private key in base64': secretIn(Buffer.from(`${pem}\nMIIE`).toString('base64')),
      'a GitHub token in base64': secretIn(Buffer.from(github).toString('base64')),
      'a connection string in base64': secretIn(Buffer.from('Server=db;Password=hunter2hunter2').toString('base64')),
      'a password in a URL': secretIn('postgres://shop:hunter2@db.example/shop'),
      'a random value under a telling key': `  env: { API_KEY: ${'q7Rt2ZxW9LmB4KpV'.repeat(2)} }`,
    }, { says: 'rotate' }),
  ]),
  ...of('RuntimeEnvironment', [
    ...instead(environmentMetadata, 'invalid-name', {
      'an environment that climbs': named('../prod'),
      'PROD beside prod': named('PROD'),
      'a Cyrillic letter that looks like p': named('рrod'),
      'a name of 300 characters': named('p'.repeat(300)),
      'an emoji': named('prod🚀'),
      'a device of Windows': named('CON'),
      'an option of a program': named('-rf'),
      'a space': named('"prod "'),
    }),
    { reason: 'a name that looks right is named', line: environmentMetadata, becomes: named('рrod'), code: 'invalid-name', says: '`prod`' },
    { reason: 'a zero-width space', line: environmentMetadata, becomes: named('"prod\\u200b"'), code: 'hidden-character' },
    { reason: 'an environment called constructor', line: environmentMetadata, becomes: named('constructor'), code: 'reserved-name' },
    { reason: 'an empty name', line: environmentMetadata, becomes: named('""'), code: 'invalid-name' },
    { reason: 'an empty tenant must never mean every tenant', line: environmentMetadata, becomes: environmentMetadata.replace('tenant: contoso', 'tenant: ""'), code: 'invalid-name' },
    { reason: 'a tenant that is nothing', line: environmentMetadata, becomes: environmentMetadata.replace('tenant: contoso', 'tenant:'), code: 'wrong-type' },
    { reason: 'a resource group of another subscription', line: '    resourceGroup: rg-storefront-prod', becomes: '    resourceGroup: /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-other', code: 'invalid-azure-name' },
    { reason: 'a subscription by name', line: '    subscription: 00000000-0000-0000-0000-000000000000', becomes: '    subscription: production', code: 'invalid-azure-name' },
    { reason: 'a typing error in the region', line: '  region: westeurope', becomes: '  region: westeuorpe', code: 'unknown-region', says: '`westeurope`' },
    { reason: 'a region as the portal shows it', line: '  region: westeurope', becomes: '  region: West Europe', code: 'unknown-region', says: '`westeurope`' },
    { reason: 'a stage of somebody’s own', line: '  stage: prod', becomes: '  stage: production', code: 'invalid-value' },
    { reason: 'an unknown kind', line: 'kind: RuntimeEnvironment', becomes: 'kind: RuntimeEnviroment', code: 'unknown-kind', says: '`RuntimeEnvironment`' },
    { reason: 'another version of the language', line: 'apiVersion: trueup.dev/v1', becomes: 'apiVersion: apps/v1', code: 'invalid-value' },
    { reason: 'a field beside spec', line: 'spec:', becomes: 'status: {}\nspec:', code: 'unknown-field' },
  ]),
  ...of('RuntimeEnvironment', [
    ...instead(drift, 'invalid-path', {
      'a place of 100,000 characters': ignoring(`properties.${'a.'.repeat(50_000)}b`),
      'a place of 100,000 brackets': ignoring(`properties${'['.repeat(100_000)}`),
      'a place that is a regular expression': ignoring('(a+)+$'),
      'a place with a line break': ignoring('\nproperties'),
    }),
    { reason: 'the traffic left to others', line: drift, becomes: ignoring('properties.configuration.ingress'), code: 'owned-elsewhere' },
    { reason: 'a reason of two lines', line: drift, becomes: drifting('path: tags.owner, mode: ignore, reason: "a\\nb"'), code: 'invalid-value' },
    { reason: 'a reason that is a secret', line: drift, becomes: drifting(`path: tags.owner, mode: ignore, reason: "${github}"`), code: 'inline-secret', secret: github },
    { reason: 'a place that is a secret', line: drift, becomes: ignoring(`properties.${github}`), code: 'inline-secret', secret: github },
    { reason: 'a thousand rows', line: drift, becomes: drifting(...Array.from({ length: 1000 }, (_, index) => `path: tags.t${index}, mode: report`)), code: 'out-of-range' },
    { reason: 'rows that are one', line: drift, becomes: '  drift: { paths: { path: tags.owner, mode: report } }', code: 'wrong-type' },
    { reason: 'a row for services that climb', line: drift, becomes: drifting('path: tags.owner, mode: report, services: [../checkout]'), code: 'invalid-name' },
    { reason: 'a service to destroy', line: drift, becomes: '  drift: { mode: destroy }', code: 'invalid-value' },
    ...instead(freeze, 'invalid-cron', {
      'a schedule of every second': freezing('cron: "* * * * * *", duration: 1h'),
      'a schedule of 50,000 minutes': freezing(`cron: "${'0,'.repeat(50_000)}0 * * * *", duration: 1h`),
      'a schedule with a step of nothing': freezing('cron: "*/0 * * * *", duration: 1h'),
      'a schedule with a range without end': freezing('cron: "0-99999999999 * * * *", duration: 1h'),
      'a schedule for a day that never comes': freezing('cron: "0 0 31 2 *", duration: 1h'),
      'a schedule by chance': freezing('cron: "H H * * *", duration: 1h'),
    }),
    { reason: 'a freeze of each minute', line: freeze, becomes: freezing('cron: "* * * * *", duration: 1m'), code: 'freezes-for-ever' },
    { reason: 'a freeze of each day, a month long', line: freeze, becomes: freezing('cron: "0 0 * * *", duration: 31d'), code: 'freezes-for-ever' },
    { reason: 'a freeze of a thousand years', line: freeze, becomes: freezing('cron: "0 0 * * *", duration: 9999999h'), code: 'out-of-range' },
    { reason: 'a time zone that climbs', line: freeze, becomes: freezing('cron: "0 0 * * *", duration: 1h, timezone: ../../etc/localtime'), code: 'unknown-time-zone' },
    { reason: 'a thousand freezes', line: freeze, becomes: Array.from({ length: 1000 }, () => freeze).join('\n'), code: 'out-of-range' },
    { reason: 'a reason of 10,000 characters', line: freeze, becomes: freezing(`cron: "0 0 * * *", duration: 1h, reason: ${'x'.repeat(10_000)}`), code: 'invalid-value' },
  ]),
  ...of('ScalingPolicy', [
    { reason: 'a billion replicas', line: replicas, becomes: '  replicas: { min: 1, max: 1e9 }', code: 'out-of-range' },
    { reason: 'at least more than at most', line: replicas, becomes: '  replicas: { min: 5, max: 4 }', code: 'out-of-range' },
    { reason: 'a schedule of every second', line: rule, becomes: '      cron: { timezone: Europe/Berlin, start: "* * * * * *", end: 0 8 * * *, replicas: 2 }', code: 'invalid-cron' },
    { reason: 'two triggers in one rule', line: rule, becomes: `${rule}\n      tcp: { concurrentConnections: 5 }`, code: 'invalid-rule', below: -1 },
    { reason: 'a service that nobody declares', line: '  service: checkout', becomes: '  service: chekout', code: 'unknown-reference', says: '`checkout`' },
    { reason: 'a cooldown without a unit', line: '  cooldown: 5m', becomes: '  cooldown: 300', code: 'wrong-type' },
  ]),
  ...of('SecretBinding', [
    ...instead(vault, 'invalid-vault', {
      'a vault of another tenant by its id': '  vault: /subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/b/providers/Microsoft.KeyVault/vaults/kv-b',
      'a vault by URL': '  vault: https://kv-storefront.vault.azure.net',
      'a vault with a user': '  vault: "https://kv.vault.azure.net@evil.example"',
      'a vault with a backslash': '  vault: "https://evil.example\\\\@kv.vault.azure.net"',
      'a vault in a longer host': '  vault: kv.vault.azure.net.evil.example',
      'a vault with full-width dots': '  vault: "evil．example"',
      'a vault that is an address in hexadecimal': '  vault: 0x7f.1',
      'a vault in circled digits': '  vault: "①②⑦.⓪.⓪.①"',
      'a vault that is an IPv6 address': '  vault: "[::ffff:169.254.169.254]"',
      'a vault that is the host’s wire server': '  vault: 168.63.129.16',
      'a vault with a port': '  vault: "kv-storefront:8443"',
    }),
    { reason: 'a vault that is a number', line: vault, becomes: '  vault: 2130706433', code: 'wrong-type' },
    { reason: 'a version that is a word', line: '  version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081', becomes: '  version: latest', code: 'invalid-secret-version' },
    { reason: 'a version of digits only needs quotes', line: '  version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081', becomes: '  version: 12345678901234567890123456789012', code: 'number-out-of-range', says: 'quotes' },
    { reason: 'a maximum age in years', line: maxAge, becomes: '  rotation: { maxAge: P1Y }', code: 'invalid-duration' },
    { reason: 'a value', line: '  secret: payments-api-key', becomes: '  secret: payments-api-key\n  value: hunter2', code: 'unknown-field', below: 1 },
  ]),
  ...of('RuntimeTenantBinding', [
    { reason: '10,000 environments', line: '  environments: [staging, prod]', becomes: `  environments: [${Array.from({ length: 10_000 }, (_, index) => `e${index}`).join(', ')}]`, code: 'out-of-range' },
    { reason: 'an environment that nobody declares', line: '  environments: [staging, prod]', becomes: '  environments: [staging, prod, qa]', code: 'unknown-reference' },
    { reason: 'a quota below zero', line: '  quota: { services: 20, replicas: 60, cpu: 40, memory: 80Gi }', becomes: '  quota: { services: -1 }', code: 'out-of-range' },
    { reason: 'an isolation of somebody’s own', line: '  isolation: pool', becomes: '  isolation: pooled', code: 'invalid-value', says: '`pool`' },
  ]),
  ...of('RuntimeConfiguration', [
    { reason: 'a value that YAML 1.1 takes for false is a text', line: '  values: { FEATURE_NEW_CART: "off" }', becomes: '  values: { FEATURE_NEW_CART: false }', code: 'wrong-type', says: '"false"' },
    { reason: 'an environment’s entry with a field of nobody', line: '    prod: { values: { FEATURE_NEW_CART: "on" } }', becomes: '    prod: { value: { FEATURE_NEW_CART: "on" } }', code: 'unknown-field', says: '`values`' },
  ]),
];
