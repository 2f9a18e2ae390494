import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appsThroughSdk, fast, group, location, type AppsThroughSdk } from '../support/apps-through-sdk.ts';
import { all } from '../support/local-azure.ts';

/** A container app through the SDK when nothing goes wrong; what the service does otherwise is in `azure-behaviour-*.test.ts`. */
let bench: AppsThroughSdk;
beforeAll(async () => {
  bench = await appsThroughSdk();
});
afterAll(() => bench[Symbol.asyncDispose]());

const image = 'r.azurecr.io/a:1';

describe('the SDK against the local Microsoft.App', () => {
  it('creates, patches, reads, lists and deletes', async () => {
    const { client, domain } = bench;
    const created = await bench.put('first', bench.app(image, 'one'));
    expect(created).toMatchObject({ provisioningState: 'Succeeded', latestRevisionName: 'first--one', configuration: { ingress: { fqdn: `first.${domain}`, transport: 'Auto' } } });
    const patched = await client.containerApps.update(group, 'first', { location, tags: { team: 'a' } }, fast);
    expect(patched).toMatchObject({ tags: { team: 'a' }, latestRevisionName: 'first--one' });
    expect((await all(client.containerApps.listByResourceGroup(group))).map(({ name }) => name)).toEqual(['first']);
    await client.containerApps.delete(group, 'first', fast);
    expect(await all(client.containerApps.listByResourceGroup(group))).toEqual([]);
  });

  it('reaches a workload by its address, whose certificate is trusted', async () => {
    await bench.put('second', bench.app(image, 'one'));
    await bench.untilRunning('second', 'second--one');
    const answer = await bench.visit(`second.${bench.domain}`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ app: 'second', revision: 'second--one', image });
    expect((await bench.visit(`nobody.${bench.domain}`)).status).toBe(404);
  });

  it('shifts traffic, deactivates and restarts revisions', async () => {
    const { client, domain } = bench;
    await bench.put('third', bench.app(image, 'one'));
    await bench.untilRunning('third', 'third--one');
    await bench.put('third', bench.app('r.azurecr.io/a:2', 'two'));
    await bench.untilRunning('third', 'third--two');
    const traffic = [{ revisionName: 'third--one', weight: 100 }, { revisionName: 'third--two', weight: 0, label: 'next' }];
    await client.containerApps.update(group, 'third', { location, configuration: { ingress: { traffic } } }, fast);
    expect((await bench.visit(`third.${domain}`)).body).toContain('third--one');
    expect((await bench.visit(`third---next.${domain}`)).body).toContain('third--two');
    await client.containerAppsRevisions.restartRevision(group, 'third', 'third--one');
    await client.containerAppsRevisions.deactivateRevision(group, 'third', 'third--two');
    expect(await client.containerAppsRevisions.getRevision(group, 'third', 'third--two')).toMatchObject({ active: false, replicas: 0, runningState: 'Stopped' });
    const { value: replicas } = await client.containerAppsRevisionReplicas.listReplicas(group, 'third', 'third--one');
    expect(replicas).toHaveLength(1);
  });
});
