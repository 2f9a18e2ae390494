import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { compareThreeWay } from './compare.ts';
import { applyMergePatch, mergePatch } from './merge-patch.ts';
import { additions, body, bodies, liveOf } from '../../../test/support/app-bodies.ts';

const declared = body({});

interface Row {
  readonly reason: string;
  readonly lastApplied?: object | null;
  readonly desired?: object;
  readonly live: object | null;
  readonly paths: readonly string[];
}

const withContainer = (container: object) => body({ container });
const withLive = (patch: object) => applyMergePatch(liveOf(declared), { properties: patch }) as object;
const queueRule = { name: 'q', custom: { type: 'azure-queue', metadata: { accountName: 'a', queueName: 'q', queueLength: '5' } } };
const queueRuleLive = { name: 'q', azureQueue: { accountName: 'a', queueName: 'q', queueLength: 5 } };

const rows: readonly Row[] = [
  { reason: 'what the server filled in is no difference', live: liveOf(declared), paths: [] },
  { reason: 'a traffic that nobody declares belongs to the rollout', live: withLive({ configuration: { ingress: { traffic: [{ revisionName: 'x', weight: 100 }] } } }), paths: [] },
  { reason: 'another image', live: liveOf(withContainer({ image: 'r.azurecr.io/app:2' })), paths: ['properties.template.containers[app].image'] },
  { reason: 'memory written otherwise', desired: withContainer({ resources: { cpu: 0.5, memory: '1.0Gi' } }), live: liveOf(withContainer({ resources: { cpu: 0.5, memory: '1024Mi' } })), paths: [] },
  { reason: 'cpu differs', desired: withContainer({ resources: { cpu: 0.25, memory: '0.5Gi' } }), live: liveOf(withContainer({ resources: { cpu: 0.5, memory: '0.5Gi' } })), paths: ['properties.template.containers[app].resources.cpu'] },
  { reason: 'an environment variable that somebody added', live: liveOf(withContainer({ env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] })), desired: withContainer({ env: [{ name: 'A', value: '1' }] }), paths: ['properties.template.containers[app].env[B]'] },
  { reason: 'the order of variables means nothing', live: liveOf(withContainer({ env: [{ name: 'B', value: '2' }, { name: 'A', value: '1' }] })), desired: withContainer({ env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] }), paths: [] },
  { reason: 'a command has no names, its order counts', desired: withContainer({ command: ['a', 'b'] }), live: liveOf(withContainer({ command: ['b', 'a'] })), paths: ['properties.template.containers[app].command'] },
  { reason: 'a field removed since it was applied and still live', lastApplied: applyMergePatch(declared, { properties: { configuration: { dapr: { enabled: true } } } }) as object, live: withLive({ configuration: { dapr: { enabled: true, appId: 'x' } } }), paths: ['properties.configuration.dapr'] },
  { reason: 'a field that nobody ever declared', live: withLive({ configuration: { dapr: { enabled: true } } }), paths: ['properties.configuration.dapr'] },
  { reason: 'a field that says what absent means', live: withLive({ configuration: { dapr: { enabled: false, appHealth: null }, ingress: { stickySessions: { affinity: 'none' }, clientCertificateMode: 'Ignore' } } }), paths: [] },
  { reason: 'a field within what is declared', live: withLive({ configuration: { ingress: { corsPolicy: { allowedOrigins: ['*'] } } } }), paths: ['properties.configuration.ingress.corsPolicy'] },
  { reason: 'a field of a version to come', live: withLive({ someNewFeature: { enabled: true }, template: { someOther: 1 } }), paths: [] },
  { reason: 'a field of a version to come that is declared', desired: applyMergePatch(declared, { properties: { someNewFeature: { enabled: true } } }) as object, live: withLive({ someNewFeature: { enabled: false } }), paths: ['properties.someNewFeature.enabled'] },
  { reason: 'a tag that a policy put there', live: applyMergePatch(liveOf(declared), { tags: { 'cost-center': '42' } }) as object, paths: [] },
  { reason: 'a tag that is declared', live: applyMergePatch(liveOf(declared), { tags: { 'trueup-service': 'other' } }) as object, paths: ['tags.trueup-service'] },
  { reason: 'a tag that was declared and is declared no more', lastApplied: applyMergePatch(declared, { tags: { owner: 'shop' } }) as object, live: applyMergePatch(liveOf(declared), { tags: { Owner: 'shop' } }) as object, paths: ['tags.Owner'] },
  { reason: 'a domain that is declared', desired: body({ ingress: { external: true, targetPort: 8080, customDomains: [{ name: 'shop.example' }] } }), live: withLive({ configuration: { ingress: { customDomains: [{ name: 'Shop.example', bindingType: 'Disabled' }, { name: 'other.example' }] } } }), paths: ['properties.configuration.ingress.customDomains[other.example]'] },
  { reason: 'a domain that was declared and is declared no more', lastApplied: body({ ingress: { external: true, targetPort: 8080, customDomains: [{ name: 'shop.example' }] } }), live: withLive({ configuration: { ingress: { customDomains: [{ name: 'shop.example' }] } } }), paths: ['properties.configuration.ingress.customDomains[shop.example]'] },
  { reason: 'an identity that nobody declared is access', live: applyMergePatch(liveOf(body({ identity: '/subscriptions/s/id' })), { identity: { type: 'SystemAssigned, UserAssigned' } }) as object, desired: body({ identity: '/subscriptions/s/id' }), paths: ['identity.type'] },
  { reason: 'both kinds of identity, named in another order', desired: applyMergePatch(body({ identity: '/subscriptions/s/id' }), { identity: { type: 'UserAssigned,SystemAssigned' } }) as object, live: applyMergePatch(liveOf(body({ identity: '/subscriptions/s/id' })), { identity: { type: 'SystemAssigned, UserAssigned' } }) as object, paths: [] },
  { reason: 'a second identity', desired: body({ identity: '/subscriptions/s/id' }), live: applyMergePatch(liveOf(body({ identity: '/subscriptions/s/id' })), { identity: { userAssignedIdentities: { '/subscriptions/s/other': {} } } }) as object, paths: ['identity.userAssignedIdentities./subscriptions/s/other'] },
  { reason: 'a registry with a password', live: withLive({ configuration: { registries: [{ server: 'r.example', username: 'u', passwordSecretRef: 'p' }] } }), paths: ['properties.configuration.registries[r.example]'] },
  { reason: 'the port that is exposed where none is said', desired: body({ ingress: { external: true, targetPort: 8080, additionalPortMappings: [{ external: false, targetPort: 9 }] } }), live: liveOf(body({ ingress: { external: true, targetPort: 8080, additionalPortMappings: [{ external: false, targetPort: 9, exposedPort: 9 }] } })), paths: [] },
  { reason: 'the environment by its old name', desired: declared, live: { ...liveOf(declared), properties: { ...(liveOf(declared) as { properties: object }).properties, environmentId: null } }, paths: [] },
  { reason: 'custom domains are another owner’s', live: withLive({ configuration: { ingress: { customDomains: [{ name: 'shop.example' }] } } }), paths: [] },
  { reason: 'an ingress that nobody declared exposes the service', desired: body({ ingress: null }), live: liveOf(declared), paths: ['properties.configuration.ingress'] },
  { reason: 'an init container that nobody declared', live: withLive({ template: { initContainers: [{ name: 'i', image: 'x:1' }] } }), paths: ['properties.template.initContainers[i]'] },
  { reason: 'a default that is declared and a live that says nothing', desired: body({ scale: { minReplicas: 0, maxReplicas: 10 } }), live: withLive({ template: { scale: null } }), paths: [] },
  { reason: 'more replicas than the default', desired: body({ scale: { minReplicas: 0, maxReplicas: 20 } }), live: withLive({ template: { scale: { minReplicas: null, maxReplicas: 10 } } }), paths: ['properties.template.scale.maxReplicas'] },
  { reason: 'a custom rule of a known type comes back as such', desired: body({ scale: { rules: [queueRule] } }), live: withLive({ template: { scale: { minReplicas: null, maxReplicas: 10, rules: [queueRuleLive] } } }), paths: [] },
  { reason: 'the other queue', desired: body({ scale: { rules: [queueRule] } }), live: withLive({ template: { scale: { minReplicas: null, maxReplicas: 10, rules: [{ ...queueRuleLive, azureQueue: { ...queueRuleLive.azureQueue, queueName: 'other' } }] } } }), paths: ['properties.template.scale.rules[q].azureQueue.queueName'] },
  { reason: 'secrets come back by name only', desired: body({ secrets: [{ name: 's', keyVaultUrl: 'https://v/secrets/s/1', identity: '/subscriptions/S/id' }] }), live: withLive({ configuration: { secrets: [{ name: 's' }] } }), paths: [] },
  { reason: 'a secret that is by value, where Azure shows the reference of another', desired: body({ secrets: [{ name: 'a', keyVaultUrl: 'https://v/secrets/a/1', identity: 'i' }, { name: 'b', keyVaultUrl: 'https://v/secrets/b/1', identity: 'i' }] }), live: withLive({ configuration: { secrets: [{ name: 'a', keyVaultUrl: 'https://v/secrets/a/1', identity: 'I' }, { name: 'b' }] } }), paths: ['properties.configuration.secrets[b].keyVaultUrl', 'properties.configuration.secrets[b].identity'] },
  { reason: 'a secret that is not there', desired: body({ secrets: [{ name: 's', keyVaultUrl: 'https://v/secrets/s/1', identity: 'i' }] }), live: liveOf(declared), paths: ['properties.configuration.secrets[s]'] },
  { reason: 'an older version of a secret stays for the revisions that use it', live: withLive({ configuration: { secrets: [{ name: 'old' }] } }), paths: [] },
  { reason: 'an identity by another case', desired: body({ identity: '/subscriptions/s/resourceGroups/G/id' }), live: liveOf(body({ identity: '/subscriptions/s/resourcegroups/g/id' })), paths: [] },
  { reason: 'an identity that is not there', desired: body({ identity: '/subscriptions/s/id' }), live: { ...liveOf(declared), identity: { type: 'UserAssigned', userAssignedIdentities: {} } }, paths: ['identity.userAssignedIdentities./subscriptions/s/id'] },
  { reason: 'nothing runs', live: null, paths: ['location', 'tags', 'properties'] },
];

describe('compareThreeWay', () => {
  it.each(rows)('$reason', ({ lastApplied = null, desired = declared, live, paths }) => {
    expect(compareThreeWay({ lastApplied, desired, live }).map((one) => one.path)).toEqual(paths);
  });

  it('shows no value that somebody typed in, and shows what Git knows', () => {
    const desired = withContainer({ env: [{ name: 'A', value: 'declared' }] });
    const live = liveOf(withContainer({ env: [{ name: 'A', value: 'hunter2' }, { name: 'B', value: 'hunter3' }] }));
    const text = JSON.stringify(compareThreeWay({ lastApplied: null, desired, live }));
    expect(text).toContain('declared');
    expect(text).not.toContain('hunter');
  });

  it('gives two hidden values two fingerprints', () => {
    const of = (value: string) => compareThreeWay({ lastApplied: null, desired: declared, live: liveOf(withContainer({ env: [{ name: 'A', value }] })) });
    expect(of('one')).not.toEqual(of('two'));
    expect(of('one')).toEqual(of('one'));
  });

  it.each([
    { at: 'an argument', reason: '--token=... is typed into args', container: { args: ['serve', '--token=hunter2'] }, known: { args: ['serve'] } },
    { at: 'a command', reason: 'a shell line may hold a password', container: { command: ['sh', '-c', 'login hunter2'] }, known: { command: ['sh', '-c', 'run'] } },
    { at: 'a probe header', reason: 'probes may carry authorization', container: { probes: [{ type: 'Liveness', httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'Authorization', value: 'hunter2' }] } }] }, known: { probes: [{ type: 'Liveness', httpGet: { path: '/', port: 80 } }] } },
  ])('shows $at that Git does not know as a fingerprint: $reason', ({ container, known }) => {
    const shown = JSON.stringify(compareThreeWay({ lastApplied: null, desired: withContainer(known), live: liveOf(withContainer(container)) }));
    expect(shown).toContain('not shown');
    expect(shown).not.toContain('hunter2');
  });

  it('shows what Git declares itself in clear beside it', () => {
    const live = liveOf(withContainer({ args: ['serve', '--token=hunter2'] }));
    const [found] = compareThreeWay({ lastApplied: null, desired: withContainer({ args: ['serve'] }), live });
    expect(found).toMatchObject({ desired: ['serve'], live: ['serve', expect.stringContaining('not shown')] });
  });

  it('hides what somebody typed into a scale rule', () => {
    const rule = (connection: string) => ({ rules: [{ name: 'queue', custom: { type: 'kafka', metadata: { connection } } }] });
    const shown = JSON.stringify(compareThreeWay({ lastApplied: null, desired: body({ scale: rule('a') }), live: liveOf(body({ scale: rule('hunter2') })) }));
    expect(shown).toContain('not shown');
    expect(shown).not.toContain('hunter2');
  });

  it('never shows a secret’s value', () => {
    const live = withLive({ configuration: { secrets: [{ name: 's', value: 'hunter2', keyVaultUrl: 'https://other' }] } });
    const desired = body({ secrets: [{ name: 's', keyVaultUrl: 'https://v', identity: 'i' }] });
    expect(JSON.stringify(compareThreeWay({ lastApplied: null, desired, live }))).not.toContain('hunter');
  });

  it('finds nothing in what was just applied, whatever the server filled in', () => {
    fc.assert(
      fc.property(bodies, (desired) => {
        expect(compareThreeWay({ lastApplied: desired, desired, live: liveOf(desired) })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('finds nothing after the patch, whatever was applied before and changed since', () => {
    fc.assert(
      fc.property(bodies, bodies, bodies, (lastApplied, desired, changedBySomebody) => {
        const live = applyMergePatch(liveOf(lastApplied), mergePatch({ lastApplied, desired: changedBySomebody }));
        const after = applyMergePatch(live, mergePatch({ lastApplied, desired, live: live as object })) as object;
        expect(compareThreeWay({ lastApplied, desired, live: liveOf(after) })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('finds what was added, and nothing after the patch that takes it away again; what is of others stays', () => {
    fc.assert(
      fc.property(bodies, additions, (desired, added) => {
        const ofOthers = { tags: { 'cost-center': '42' }, properties: { configuration: { ingress: { customDomains: [{ name: 'shop.example' }] } } } };
        const isOpen = 'ingress' in (desired as { properties: { configuration: object } }).properties.configuration;
        const live = applyMergePatch(applyMergePatch(liveOf(desired), isOpen ? ofOthers : { tags: ofOthers.tags }), added) as object;
        const isAdded = JSON.stringify(added) !== '{"properties":{"configuration":{},"template":{}}}';
        expect(compareThreeWay({ lastApplied: desired, desired, live }).length > 0).toBe(isAdded);
        const after = applyMergePatch(live, mergePatch({ lastApplied: desired, desired, live })) as object;
        expect(compareThreeWay({ lastApplied: desired, desired, live: after })).toEqual([]);
        expect(after).toMatchObject(isOpen ? ofOthers : { tags: ofOthers.tags });
      }),
      { numRuns: 100 },
    );
  });

  it('finds a difference exactly when the bodies differ', () => {
    fc.assert(
      fc.property(bodies, bodies, (desired, other) => {
        const same = JSON.stringify(liveOf(desired)) === JSON.stringify(liveOf(other));
        expect(compareThreeWay({ lastApplied: other, desired, live: liveOf(other) }).length === 0).toBe(same);
      }),
      { numRuns: 300 },
    );
  });
});

describe('mergePatch', () => {
  it('names what is declared, null for what is not any more, and nothing of others', () => {
    const patch = mergePatch({ lastApplied: { tags: { a: '1', b: '2' }, properties: { configuration: { dapr: { enabled: true } } } }, desired: { tags: { a: '1' }, properties: { configuration: {} } } });
    expect(patch).toEqual({ tags: { a: '1', b: null }, properties: { configuration: { dapr: null, ingress: null } } });
  });

  it('takes away what was added, where it is known what runs', () => {
    const live = { tags: { owner: 'shop' }, properties: { configuration: { dapr: { enabled: true }, secrets: [{ name: 'old' }], maxInactiveRevisions: 100 }, template: { scale: { cooldownPeriod: 300, maxReplicas: 12 } }, someNewFeature: true } };
    const desired = { tags: {}, properties: { configuration: {}, template: { scale: { minReplicas: 1 } } } };
    expect(mergePatch({ lastApplied: null, desired, live })).toEqual({
      tags: {},
      properties: { configuration: { dapr: null, ingress: null }, template: { scale: { minReplicas: 1, maxReplicas: null, rules: null }, initContainers: null } },
    });
  });

  it('keeps the spelling of a tag and of an identity that are there', () => {
    const live = { tags: { Owner: 'shop' }, identity: { userAssignedIdentities: { '/s/resourcegroups/g': {} } } };
    const desired = { tags: { owner: 'team' }, identity: { userAssignedIdentities: { '/s/resourceGroups/g': {} } } };
    expect(mergePatch({ lastApplied: null, desired, live })).toEqual({ tags: { Owner: 'team' }, identity: { userAssignedIdentities: { '/s/resourcegroups/g': {} } } });
  });

  it('sends a list as a whole', () => {
    expect(mergePatch({ lastApplied: { x: [1, 2] }, desired: { x: [2] } })).toEqual({ x: [2] });
  });
});
