import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { compareThreeWay } from './compare.ts';
import { applyMergePatch, mergePatch } from './merge-patch.ts';
import { body, bodies, liveOf } from '../../../test/support/app-bodies.ts';

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
  { reason: 'a field that nobody ever declared is another owner’s', live: withLive({ configuration: { dapr: { enabled: true } } }), paths: [] },
  { reason: 'custom domains are another owner’s', live: withLive({ configuration: { ingress: { customDomains: [{ name: 'shop.example' }] } } }), paths: [] },
  { reason: 'an ingress that nobody declared exposes the service', desired: body({ ingress: null }), live: liveOf(declared), paths: ['properties.configuration.ingress'] },
  { reason: 'an init container that nobody declared', live: withLive({ template: { initContainers: [{ name: 'i', image: 'x:1' }] } }), paths: ['properties.template.initContainers[i]'] },
  { reason: 'a default that is declared and a live that says nothing', desired: body({ scale: { minReplicas: 0, maxReplicas: 10 } }), live: withLive({ template: { scale: null } }), paths: [] },
  { reason: 'more replicas than the default', desired: body({ scale: { minReplicas: 0, maxReplicas: 20 } }), live: withLive({ template: { scale: { minReplicas: null, maxReplicas: 10 } } }), paths: ['properties.template.scale.maxReplicas'] },
  { reason: 'a custom rule of a known type comes back as such', desired: body({ scale: { rules: [queueRule] } }), live: withLive({ template: { scale: { minReplicas: null, maxReplicas: 10, rules: [queueRuleLive] } } }), paths: [] },
  { reason: 'the other queue', desired: body({ scale: { rules: [queueRule] } }), live: withLive({ template: { scale: { minReplicas: null, maxReplicas: 10, rules: [{ ...queueRuleLive, azureQueue: { ...queueRuleLive.azureQueue, queueName: 'other' } }] } } }), paths: ['properties.template.scale.rules[q].azureQueue.queueName'] },
  { reason: 'secrets come back by name only', desired: body({ secrets: [{ name: 's', keyVaultUrl: 'https://v/secrets/s/1', identity: '/subscriptions/S/id' }] }), live: withLive({ configuration: { secrets: [{ name: 's' }] } }), paths: [] },
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
        const live = applyMergePatch(liveOf(lastApplied), mergePatch(lastApplied, changedBySomebody));
        const after = applyMergePatch(live, mergePatch(lastApplied, desired)) as object;
        expect(compareThreeWay({ lastApplied, desired, live: liveOf(after) })).toEqual([]);
      }),
      { numRuns: 300 },
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
    const patch = mergePatch({ tags: { a: '1', b: '2' }, properties: { configuration: { dapr: { enabled: true } } } }, { tags: { a: '1' }, properties: { configuration: {} } });
    expect(patch).toEqual({ tags: { a: '1', b: null }, properties: { configuration: { dapr: null, ingress: null } } });
  });

  it('sends a list as a whole', () => {
    expect(mergePatch({ x: [1, 2] }, { x: [2] })).toEqual({ x: [2] });
  });
});
