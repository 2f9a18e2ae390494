import { github, instead, of, type ManifestCase } from './manifest-case.ts';

const image = '  image: contoso.azurecr.io/checkout:1.4.2';
const env = '  env: { LOG_LEVEL: info }';
const resources = '  resources: { cpu: 0.5, memory: 1Gi }';
const strategy = '    strategy: all-at-once';
const canary = (steps: string): string => `    strategy: canary\n    steps: [${steps}]`;
const serviceMetadata = 'metadata: { name: checkout, tenant: contoso, project: storefront, module: checkout }';
const raw = (text: string): string => `${image}\n  azure: ${text}`;
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N'].join('.');
const pem = '-----BEGIN RSA PRIVATE KEY-----';
const gate = (text: string): string => `${strategy}\n    gate: ${text}`;
const logGate = (fields: string): string => gate(`{ logs: [{ name: errors, workspace: 00000000-0000-0000-0000-000000000000, passes: "<= 5", ${fields} }] }`);
const httpGate = (url: string): string => gate(`{ http: [{ name: tests, url: ${JSON.stringify(url)} }] }`);
const inProd = '    prod: { image: "contoso.azurecr.io/checkout:1.4.1", promotion: { from: staging } }';
const secretIn = (value: string): string => `  env: { SETTING: ${JSON.stringify(value)} }`;

/** Of a service, by which a person says what runs. */
export const serviceCases: readonly ManifestCase[] = [
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
    ...instead(env, 'unsafe-key', {
      'a variable called __proto__': '  env: { __proto__: x }',
    }),
    ...instead(env, 'invalid-variable-name', {
      'a variable without a name': '  env: { "": x }',
      'a variable of a space': '  env: { " ": x }',
      'a variable of full-width letters': '  env: { "ＡＢ": x }',
    }),
    { reason: 'a variable called toString is one like any other, of which nothing is inherited', line: env, becomes: '  env: { toString: 1 }', code: 'wrong-type' },
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
      'nothing': '  image: ""',
      'a blank': '  image: " "',
      'a line break': '  image: "contoso.azurecr.io/checkout:1\\nx"',
      'a digest in capitals': `  image: contoso.azurecr.io/checkout@SHA256:${'0'.repeat(64)}`,
      'an option of a program': '  image: --privileged:1',
      'a Cyrillic letter': '  image: contoso.azurecr.io/сheckout:1',
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
      'a SAS signature in base64': secretIn(Buffer.from(`?sv=2024&sig=${'aB3%2F'.repeat(8)}`).toString('base64')),
      'a web token in base64': secretIn(Buffer.from(jwt).toString('base64')),
      'a connection string in base64': secretIn(Buffer.from('Server=db;Password=hunter2hunter2').toString('base64')),
      'a password in a URL': secretIn('postgres://shop:hunter2@db.example/shop'),
      'a random value under a telling key': `  env: { API_KEY: ${'q7Rt2ZxW9LmB4KpV'.repeat(2)} }`,
    }, { says: 'rotate' }),
  ]),
];
