import { github, instead, of, type ManifestCase } from './manifest-case.ts';
import { serviceCases } from './manifest-service-cases.ts';

const environmentMetadata = 'metadata: { name: prod, tenant: contoso, project: storefront }';
const named = (name: string): string => environmentMetadata.replace('prod', name);
const replicas = '  replicas: { min: 1, max: 4 }';
const vault = '  vault: kv-storefront';
const maxAge = '  rotation: { maxAge: 90d }';
const rule = '      http: { concurrentRequests: 50 }';
const freeze = '    - { cron: "0 17 * * 5", timezone: Europe/Berlin, duration: 63h, reason: weekend }';
const freezing = (text: string): string => `    - { ${text} }`;
const drift = '  drift: { mode: report }';
const drifting = (...rows: readonly string[]): string => `  drift: { paths: [${rows.map((row) => `{ ${row} }`).join(', ')}] }`;
const ignoring = (path: string): string => drifting(`path: ${JSON.stringify(path)}, mode: ignore, reason: of others`);

export const manifestCases: readonly ManifestCase[] = [
  ...serviceCases,
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
    ...instead(replicas, 'out-of-range', {
      'fewer replicas than none': '  replicas: { min: -1, max: 4 }',
      'at most none': '  replicas: { min: 0, max: 0 }',
    }),
    ...instead(replicas, 'wrong-type', {
      'half a replica': '  replicas: { min: 0.5, max: 4 }',
      'replicas that are a text': '  replicas: { min: "1", max: 4 }',
      'replicas that are NaN': '  replicas: { min: NaN, max: 4 }',
    }),
    ...instead(rule, 'unknown-time-zone', {
      'a time zone that would keep a pattern busy for ever': `      cron: { timezone: ${'A-a'.repeat(20)}!, start: 0 8 * * *, end: 0 9 * * *, replicas: 2 }`,
      'a time zone that climbs': '      cron: { timezone: ../../etc/localtime, start: 0 8 * * *, end: 0 9 * * *, replicas: 2 }',
    }),
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
