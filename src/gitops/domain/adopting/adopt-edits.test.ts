import { describe, expect } from 'vitest';
import { edited, fileOf, goodManifests, parsed } from '../../../../test/support/manifests.ts';
import { fc, test } from '../../../../test/support/property.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import { compile } from '../compile/compile.ts';
import { editText } from '../editing/edit-text.ts';
import { adoptEdits } from './adopt-edits.ts';
import type { Adoption } from './adoption.ts';
import { placedIn } from './placing.ts';
import { withoutSecrets } from './without-secrets.ts';

type Files = Record<string, string>;
type Change = (body: Body) => void;

/** Of the service `checkout` in `prod`, as it was deployed; changes are made in place. */
interface Body extends JsonObject {
  identity: JsonObject;
  properties: { configuration: Record<string, unknown>; template: { containers: Record<string, unknown>[]; scale: Record<string, unknown>; volumes?: unknown } } & Record<string, unknown>;
}

interface Read {
  readonly files: ReturnType<typeof parsed>;
  readonly compiled: ReturnType<typeof compile>;
}

const known = new WeakMap<Files, Read>();

function read(files: Files): Read {
  const parsedFiles = known.get(files)?.files ?? parsed(files);
  const all = known.get(files) ?? { files: parsedFiles, compiled: compile(parsedFiles) };
  known.set(files, all);
  return all;
}

function declaredIn(files: Files) {
  const { environments, problems } = read(files).compiled;
  const environment = environments.find(({ name }) => name === 'prod');
  const service = environment?.services.find(({ name }) => name === 'checkout');
  if (environment === undefined || service === undefined) throw new Error(JSON.stringify(problems));
  return { environment, service };
}

function liveOf({ app }: DesiredService, change: Change): JsonObject {
  const body = structuredClone(app) as unknown as Body; // what compiled has these parts
  change(body);
  return body;
}

const asLive = (one: DesiredService): JsonObject => liveOf(one, () => undefined);

function differences(desired: object, live: object): readonly string[] {
  return compareThreeWay({ lastApplied: null, desired, live }).map(({ path }) => path).filter((path) => path !== 'properties.template.revisionSuffix');
}

function adopted(files: Files, change: Change) {
  const { environment, service } = declaredIn(files);
  const live = liveOf(service, change);
  const paths = differences(service.app, live);
  const adoption = adoptEdits({ environment, service, files: read(files).files, live, findings: paths.map((path) => ({ class: 'changed' as const, path })) });
  const after = applied(files, adoption);
  const [now, was] = [read(after).compiled.environments, read(files).compiled.environments];
  return { adoption, after, live, paths, remaining: differences(declaredIn(after).service.app, live), others: [others(now), others(was)] as const };
}

function applied(files: Files, { edits }: Adoption): Files {
  const texts = edits.map(({ file, edits: own }): readonly [string, string] => {
    const result = editText(files[file] ?? '', own);
    if ('refused' in result) throw new Error(result.refused);
    return [file, result.text];
  });
  return { ...files, ...Object.fromEntries(texts) };
}

/** What every other service, and this one elsewhere, is. */
function others(environments: ReturnType<typeof compile>['environments']): unknown {
  return environments.map(({ name, services }) => [name, services.filter((one) => name !== 'prod' || one.name !== 'checkout').map(({ digest }) => digest)]);
}

const container = (body: Body): Record<string, unknown> => body.properties.template.containers[0] ?? {};
const env = (body: Body): Record<string, unknown>[] => (Array.isArray(container(body)['env']) ? (container(body)['env'] as Record<string, unknown>[]) : []); // a list of variables
const variable = (body: Body, name: string): Record<string, unknown> => env(body).find((one) => one['name'] === name) ?? {};
const ingress = (body: Body): Record<string, unknown> => body.properties.configuration['ingress'] as Record<string, unknown>; // the example has one

const onlyProd = (): Files => {
  const files = edited(fileOf('RuntimeService'), /    staging: \{\}\n    prod: .*\n/, '    prod: {}\n');
  return files;
};
const service = fileOf('RuntimeService');
const policy = fileOf('ScalingPolicy');
const configuration = fileOf('RuntimeConfiguration');

const other = (goodManifests()[service] ?? '').replace('name: checkout', 'name: twin');
const policyOf = (name: string): string => `apiVersion: trueup.dev/v1\nkind: ScalingPolicy\nmetadata: { name: checkout, tenant: contoso }\nspec: { service: ${name}, replicas: { min: 1, max: 2 } }\n`;

const rawContainer = `  azure:
    template:
      containers:
        - name: checkout
          image: a/b:1 # pinned
          resources: { cpu: 0.5, memory: 1Gi }
          env: [{ name: PASSWORD_PAGE, value: /password }]
`;

describe('what runs comes into Git', () => {
  test.each<{ reason: string; files?: Files; change: Change; file: string; has: string; lacks?: string }>([
    { reason: 'the image, where the environment says its own', change: (body) => void (container(body)['image'] = 'contoso.azurecr.io/checkout:1.4.3'), file: service, has: 'prod: { image: "contoso.azurecr.io/checkout:1.4.3", promotion' },
    { reason: 'the image of all, where it runs here alone', files: onlyProd(), change: (body) => void (container(body)['image'] = 'contoso.azurecr.io/checkout:1.4.3'), file: service, has: '\n  image: contoso.azurecr.io/checkout:1.4.3\n' },
    { reason: 'resources of one environment among several', change: (body) => void (container(body)['resources'] = { cpu: 1, memory: '2Gi' }), file: service, has: 'resources: { cpu: 1, memory: 2Gi }' },
    { reason: 'a variable of the service', files: onlyProd(), change: (body) => void (variable(body, 'LOG_LEVEL')['value'] = 'debug'), file: service, has: '  env: { LOG_LEVEL: debug }\n' },
    { reason: 'a variable more', files: onlyProd(), change: (body) => void env(body).push({ name: 'SIZE', value: '8080' }), file: service, has: 'env: { LOG_LEVEL: info, SIZE: "8080" }' },
    { reason: 'a variable less, of one environment among several', change: (body) => void (container(body)['env'] = env(body).filter(({ name }) => name !== 'LOG_LEVEL')), file: service, has: 'env: { LOG_LEVEL: null }' },
    { reason: 'a variable less, where it runs here alone', files: onlyProd(), change: (body) => void (container(body)['env'] = env(body).filter(({ name }) => name !== 'LOG_LEVEL')), file: service, has: '  env: {}\n' },
    { reason: 'a value of its configuration', change: (body) => void (variable(body, 'FEATURE_NEW_CART')['value'] = 'maybe'), file: configuration, has: 'prod: { values: { FEATURE_NEW_CART: "maybe" } }' },
    { reason: 'replicas of its policy, which says them for this environment', change: (body) => void (body.properties.template.scale['maxReplicas'] = 30), file: policy, has: 'prod: { replicas: { min: 2, max: 30 } }' },
    { reason: 'a scale rule', change: (body) => void (body.properties.template.scale['rules'] = [{ name: 'http', http: { metadata: { concurrentRequests: '80' } } }]), file: policy, has: 'rules: [{ name: http, http: { concurrentRequests: 80 } }]' },
    { reason: 'a policy that there was not', files: withoutPolicy(), change: (body) => void (body.properties.template.scale = { minReplicas: 2, maxReplicas: 5 }), file: service, has: 'kind: ScalingPolicy\nmetadata:\n  name: checkout\n' },
    { reason: 'a policy beside another one of that name', files: { ...withoutPolicy(), 'trueup/twin.yaml': other, 'trueup/other.yaml': policyOf('twin') }, change: (body) => void (body.properties.template.scale = { minReplicas: 2, maxReplicas: 5 }), file: service, has: 'kind: ScalingPolicy\nmetadata:\n  name: checkout-scaling\n' },
    { reason: 'something, where another document is wrong already', files: { ...onlyProd(), 'trueup/other.yaml': policyOf('nobody').replace('name: checkout', 'name: nobody') }, change: (body) => void (variable(body, 'LOG_LEVEL')['value'] = 'debug'), file: service, has: '  env: { LOG_LEVEL: debug }\n' },
    { reason: 'a closed ingress', change: (body) => void (ingress(body)['external'] = false), file: service, has: 'ingress: { external: false }' },
    { reason: 'a probe', files: onlyProd(), change: (body) => void (container(body)['probes'] = [{ type: 'Readiness', httpGet: { path: '/ready', port: 8080 }, timeoutSeconds: 7 }]), file: service, has: 'readiness: { path: /ready, timeout: 7s }', lacks: 'alive' },
    { reason: 'what only the words of Azure say', change: (body) => void (ingress(body)['stickySessions'] = { affinity: 'sticky' }), file: service, has: 'azure: { configuration: { ingress: { stickySessions: { affinity: sticky } } } }' },
    { reason: 'a volume beside those that Git says', files: { ...onlyProd(), [service]: (onlyProd()[service] ?? '').replace('  rollout:', '  azure:\n    template:\n      volumes:\n        - name: a # first\n          storageType: EmptyDir\n  rollout:') }, change: (body) => void (body.properties.template.volumes = [{ name: 'a', storageType: 'EmptyDir' }, { name: 'b', storageType: 'EmptyDir' }]), file: service, has: '        - name: a # first\n          storageType: EmptyDir\n        - name: b\n' },
    { reason: 'an image in a container that is all in the words of Azure, and what stands beside it stays', files: { ...onlyProd(), [service]: (onlyProd()[service] ?? '').replace('  rollout:', `${rawContainer}  rollout:`) }, change: (body) => void (container(body)['image'] = 'a/b:2'), file: service, has: rawContainer.replace('a/b:1', 'a/b:2') },
  ])('$reason', ({ files = goodManifests(), change, file, has, lacks }) => {
    const { adoption, after, remaining, paths, others: [now, was] } = adopted(files, change);
    expect(paths.length).toBeGreaterThan(0);
    expect(adoption.left).toEqual([]);
    expect(remaining, after[file]).toEqual([]);
    expect(after[file]).toContain(has);
    if (lacks !== undefined) expect(after[file]).not.toContain(lacks);
    expect(now).toEqual(was);
    expect(adoption.edits.map((one) => one.file)).toEqual([file]);
  });

  test('another version of a secret', () => {
    const { adoption, after } = adopted(goodManifests(), (body) => {
      const [secret] = body.properties.configuration['secrets'] as Record<string, unknown>[]; // the example has one
      if (secret !== undefined) secret['keyVaultUrl'] = 'https://kv-storefront.vault.azure.net/secrets/payments-api-key/00000000000000000000000000000001';
    });
    expect(adoption).toMatchObject({ left: [], notes: [expect.stringContaining('a new revision')] });
    expect(after[fileOf('SecretBinding')]).toContain('version: "00000000000000000000000000000001"');
  });

  test('an app that is gone: Git stops declaring it there', () => {
    const files = goodManifests();
    const { environment, service: checkout } = declaredIn(files);
    const adoption = adoptEdits({ environment, service: checkout, files: parsed(files), live: null, findings: [{ class: 'missing', path: '' }] });
    expect(adoption).toMatchObject({ left: [], notes: [expect.stringContaining('removes nothing')] });
    expect(applied(files, adoption)[service]).not.toContain('prod:');
    const back = adoptEdits({ environment, service: checkout, files: parsed(files), live: asLive(checkout), findings: [{ class: 'missing', path: '' }] });
    expect(back, 'it came back').toMatchObject({ edits: [], left: [{ why: 'it is there again' }] });
  });
});

function withoutPolicy(): Files {
  const { [policy]: _, ...files } = goodManifests();
  return files;
}

describe('what does not come into Git is said', () => {
  const alone = { ...onlyProd(), [service]: (onlyProd()[service] ?? '').replace('secrets: [payments-api-key]', 'secrets: []') };
  test.each<{ reason: string; files?: Files; change: Change; why: RegExp; hidden?: string }>([
    { reason: 'a text under a key of a secret', change: (body) => void env(body).push({ name: 'DB_PASSWORD', value: 'hunter2' }), why: /may be a secret/, hidden: 'hunter2' },
    { reason: 'a text that looks like one', change: (body) => void (variable(body, 'LOG_LEVEL')['value'] = 'AccountKey=abcdefgh12345678'), why: /may be a secret/, hidden: 'abcdefgh' },
    { reason: 'a text under a word for a key', change: (body) => void env(body).push({ name: 'STORAGE_KEY', value: 'hunter2' }), why: /may be a secret/, hidden: 'hunter2' },
    { reason: 'a text that says what it is', change: (body) => void env(body).push({ name: 'URL', value: 'https://x.example/?api_key=hunter2' }), why: /may be a secret/, hidden: 'hunter2' },
    { reason: 'a text that a machine made', change: (body) => void env(body).push({ name: 'X', value: 'aGh5Ui92Q0lkZTk4S3Bxc1R1' }), why: /may be a secret/, hidden: 'aGh5' },
    { reason: 'the path of a probe with a token', change: (body) => void Object.assign((container(body)['probes'] as JsonObject[])[0] ?? {}, { httpGet: { path: '/a?token=hunter2', port: 8080 } }), why: /may be a secret/, hidden: 'hunter2' },
    { reason: 'the header of a probe', files: alone, change: (body) => void Object.assign((container(body)['probes'] as JsonObject[])[0] ?? {}, { httpGet: { path: '/health', port: 8080, httpHeaders: [{ name: 'Authorization', value: 'hunter2' }] } }), why: /may be a secret/, hidden: 'hunter2' },
    { reason: 'an argument behind a word for one', files: alone, change: (body) => void (container(body)['args'] = ['--password', 'hunter2']), why: /may be a secret/, hidden: 'hunter2' },
    { reason: 'a command with one inside', files: alone, change: (body) => void (container(body)['command'] = ['sh', '-c', 'curl -H "Authorization: Bearer hunter2"']), why: /may be a secret/, hidden: 'hunter2' },
    { reason: 'a setting of a scale rule', change: (body) => void (body.properties.template.scale['rules'] = [{ name: 'q', custom: { type: 'rabbitmq', metadata: { saslPwd: 'hunter2' } } }]), why: /the rule q/, hidden: 'hunter2' },
    { reason: 'an image that is not pinned', change: (body) => void (container(body)['image'] = 'contoso.azurecr.io/checkout:latest'), why: /another image every day/ },
    { reason: 'a command, where secrets are named', change: (body) => void (container(body)['command'] = ['/bin/sh']), why: /names of secrets/ },
    { reason: 'an identity of its own', change: (body) => void (body.identity = { type: 'SystemAssigned' }), why: /no words for it/ },
  ])('$reason', ({ files = goodManifests(), change, why, hidden }) => {
    const { adoption, after } = adopted(files, change);
    expect(adoption.left).toContainEqual({ path: expect.any(String), why: expect.stringMatching(why) });
    if (hidden !== undefined) expect(JSON.stringify([adoption, after])).not.toContain(hidden);
  });
});

test('a text that looks like a secret and stands in Git already is not withheld', () => {
  const probe = { kind: 'RuntimeService', name: 'checkout', path: ['health', 'readiness', 'path'], value: '/a?token=hunter2', about: 'p' };
  expect([new Set<string>(), new Set([probe.value])].map((held) => withoutSecrets([probe], held).left.length)).toEqual([1, 0]);
});

test('of two identities that came, none is named: a service has one', () => {
  const { environment: { azure } } = declaredIn(goodManifests());
  const ids = ['a', 'b'].map((name) => `/subscriptions/${azure.subscription}/resourceGroups/${azure.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-${name}`);
  const { adoption } = adopted(goodManifests(), (body) => void (body.identity = { type: 'UserAssigned', userAssignedIdentities: Object.fromEntries([...Object.keys(fieldsOf(body.identity['userAssignedIdentities'])), ...ids].map((id) => [id, {}])) }));
  expect([adoption.edits, adoption.left.length]).toEqual([[], 2]);
});

test('what the words of Azure take away is said for all environments or not at all', () => {
  const gone = { kind: 'RuntimeService', name: 'checkout', path: ['azure', 'configuration', 'dapr'], value: null, about: 'p' };
  const placed = [goodManifests(), onlyProd()].map((files) => placedIn({ files: read(files).files, environment: declaredIn(files).environment }, gone).map(({ edit }) => 'path' in edit && edit.path));
  expect(placed).toEqual([[], [['spec', 'azure', 'configuration', 'dapr']]]);
});

describe('of several things that were done', () => {
  test('scale rules come as a whole or not at all', () => {
    const { adoption, after } = adopted(goodManifests(), (body) => void (body.properties.template.scale = { ...body.properties.template.scale, maxReplicas: 30, rules: [{ name: 'q', custom: { type: 'x', metadata: {}, auth: [{ secretRef: 'a', triggerParameter: 'b' }] } }] }));
    expect(adoption.left).toMatchObject([{ path: 'properties.template.scale.rules' }]);
    expect(declaredIn(after).service.app.properties.template.scale).toMatchObject({ maxReplicas: 30, rules: [{ name: 'http' }] });
  });

  test('what other services have, too, is left', () => {
    const files = goodManifests();
    const twin = { ...files, 'trueup/twin.yaml': (files[service] ?? '').replace('name: checkout', 'name: twin') };
    const { adoption, others: [now, was] } = adopted(twin, (body) => {
      const [secret] = body.properties.configuration['secrets'] as Record<string, unknown>[]; // the example has one
      if (secret !== undefined) secret['keyVaultUrl'] = 'https://kv-storefront.vault.azure.net/secrets/payments-api-key/00000000000000000000000000000001';
      variable(body, 'FEATURE_NEW_CART')['value'] = 'maybe';
    });
    expect(now).toEqual(was);
    expect(adoption.left).toMatchObject([{ why: 'it would change twin in prod, too' }]);
    expect(adoption.edits.map(({ file }) => file)).toEqual([service]);
  });
});

describe('whatever is changed', () => {
  const files = [goodManifests(), onlyProd(), withoutPolicy()];
  const word = fc.constantFrom('info', 'debug', '8080', 'yes', 'a b', '');
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.integer({ min: 1, max: 9 }).map((patch): Change => (body) => void (container(body)['image'] = `contoso.azurecr.io/checkout:2.${patch}`)),
    fc.constantFrom(0.25, 0.75, 1, 2).map((cpu): Change => (body) => void (container(body)['resources'] = { cpu, memory: `${cpu * 2}Gi` })),
    fc.record({ name: fc.constantFrom('LOG_LEVEL', 'FEATURE_NEW_CART', 'A', 'B.C'), value: word }).map(({ name, value }): Change => (body) => void (container(body)['env'] = [...env(body).filter((one) => one['name'] !== name), { name, value }])),
    fc.constantFrom('LOG_LEVEL', 'FEATURE_NEW_CART').map((name): Change => (body) => void (container(body)['env'] = env(body).filter((one) => one['name'] !== name))),
    fc.record({ min: fc.integer({ min: 1, max: 3 }), more: fc.integer({ min: 0, max: 9 }) }).map(({ min, more }): Change => (body) => void Object.assign(body.properties.template.scale, { minReplicas: min, maxReplicas: min + more })),
    fc.constantFrom(60, 300, 600).map((cooldownPeriod): Change => (body) => void Object.assign(body.properties.template.scale, { cooldownPeriod })),
    fc.array(fc.record({ name: fc.constantFrom('http', 'tcp-rule', 'z'), http: fc.record({ metadata: fc.record({ concurrentRequests: fc.constantFrom('1', '50') }) }) }), { maxLength: 2 }).map((rules): Change => (body) => void (body.properties.template.scale['rules'] = [...new Map(rules.map((rule) => [rule.name, rule])).values()])),
    fc.record({ external: fc.boolean(), targetPort: fc.constantFrom(80, 8080) }).map((more): Change => (body) => void Object.assign(ingress(body), more)),
    fc.record({ type: fc.constantFrom('Readiness', 'Liveness'), path: fc.constantFrom('/', '/ok'), port: fc.constantFrom(8080, 9090), timeoutSeconds: fc.integer({ min: 1, max: 9 }), periodSeconds: fc.constantFrom(10, 30) }).map(({ type, path, port, ...more }): Change => (body) => {
      const rest = (container(body)['probes'] as JsonObject[]).filter((one) => one['type'] !== type); // the example has probes
      container(body)['probes'] = [...rest, { type, httpGet: { path, port }, ...more }];
    }),
    fc.constantFrom('Http', 'Http2', 'Tcp').map((transport): Change => (body) => void Object.assign(ingress(body), { transport })),
    fc.constant<Change>((body) => void (body.properties['workloadProfileName'] = 'D4')),
    fc.constant<Change>((body) => void Object.assign(body.properties.configuration, { dapr: { enabled: true, appId: 'x' } })),
  );

  test('the manifests with the edits in them declare it, and nothing else changes', () =>
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 3 }), (before, changes) => {
        const { adoption, after, remaining, others: [now, was] } = adopted(before, (body) => changes.forEach((one) => one(body)));
        expect(adoption.left, JSON.stringify(adoption.edits)).toEqual([]);
        expect(remaining, JSON.stringify(after, null, 1)).toEqual([]);
        expect(now).toEqual(was);
      }),
      { numRuns: 20 },
    ));

  test('only places of the findings come into Git', () => {
    const { environment, service: checkout } = declaredIn(goodManifests());
    const live = liveOf(checkout, (body) => {
      container(body)['image'] = 'contoso.azurecr.io/checkout:9.9.9';
      body.properties.template.scale['maxReplicas'] = 30;
    });
    const { edits } = adoptEdits({ environment, service: checkout, files: parsed(goodManifests()), live, findings: [{ class: 'changed', path: 'properties.template.scale.maxReplicas' }] });
    expect(edits.map(({ file }) => file)).toEqual([policy]);
    expect(isObject(fieldsOf(live['properties'])['template'])).toBe(true);
  });
});
