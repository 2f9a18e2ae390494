import { createHash } from 'node:crypto';
import type { ContainerApp, Secret } from '@azure/arm-appcontainers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appsThroughSdk, fast, group, location, type AppsThroughSdk } from '../support/apps-through-sdk.ts';
import { all } from '../support/local-azure.ts';

/** References to Key Vault as a container app resolves them (facts/azure.md A2, A1.5), seen through the SDKs and the ingress only. */
let bench: AppsThroughSdk;
beforeAll(async () => {
  const secrets = ['tick', 'pinned', 'lost'].map((name) => ({ name, versions: [{ version: 'a'.repeat(32), value: `${name}-1` }] }));
  bench = await appsThroughSdk({ pace: { vaultSyncMs: 100 }, vaults: [{ name: 'kv-contract', resourceGroup: group, location, secrets }] });
});
afterAll(() => bench[Symbol.asyncDispose]());

const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';
const vaultPath = '/providers/Microsoft.KeyVault/vaults/kv-contract';

/** An app with one reference, `db`, and an identity of its own that may read it. */
async function referring(name: string, reference: string): Promise<{ readonly body: ContainerApp; readonly identity: string; readonly revoke: () => Promise<unknown> }> {
  const { id, principalId } = await bench.identity(`id-${name}`);
  const revoke = await bench.grant(principalId, secretsUser, vaultPath);
  const body = referringBody(id, [{ name: 'db', keyVaultUrl: `https://kv-contract.vault.azure.net/secrets/${reference}`, identity: id }]);
  return { body, identity: id, revoke };
}

function referringBody(identity: string, secrets: Secret[] = []): ContainerApp {
  return bench.app('r.azurecr.io/web:1', 'one', {
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
    configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080 }, secrets },
    template: { revisionSuffix: 'one', containers: [{ name: 'main', image: 'r.azurecr.io/web:1', env: [{ name: 'DB', secretRef: 'db' }] }], scale: { minReplicas: 1 } },
  });
}

interface Seen {
  readonly revision: string;
  readonly replica: string;
  /** The first digits of the value's hash. */
  readonly value: string | null;
  readonly version: string | null;
}

/** What the workload itself says. */
async function seen(name: string): Promise<Seen> {
  const { body } = await bench.visit(`${name}.${bench.domain}`);
  // What the program inside a replica answers.
  const { revision, replica, secrets } = JSON.parse(body) as { revision: string; replica: string; secrets: { sha256: string; version: string }[] };
  return { revision, replica, value: secrets[0]?.sha256 ?? null, version: secrets[0]?.version ?? null };
}

function hash(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}

function untilSeen(name: string, value: string): Promise<void> {
  return expect.poll(() => seen(name), { message: `${name} runs with ${value}` }).toMatchObject({ value: hash(value) });
}

async function running(name: string, reference: string): ReturnType<typeof referring> {
  const made = await referring(name, reference);
  await bench.put(name, made.body);
  await bench.untilRunning(name, `${name}--one`);
  return made;
}

describe('a reference', () => {
  test('is shown with where it leads and never with its value, which reaches the replica (A1.6)', async () => {
    const { identity } = await running('shown', 'tick');
    const { configuration } = await bench.client.containerApps.get(group, 'shown');
    expect(configuration?.secrets).toEqual([{ name: 'db', keyVaultUrl: 'https://kv-contract.vault.azure.net/secrets/tick', identity }]);
    expect(await seen('shown')).toMatchObject({ value: hash('tick-1'), version: 'a'.repeat(32) });
    expect((await bench.raw('GET', 'containerApps/shown')).text).not.toContain('tick-1');
  });

  test('without a version follows the vault on a tick: the revision restarts, and none is made; with a version it does not move', async () => {
    await running('follows', 'pinned');
    await running('stays', `pinned/${'a'.repeat(32)}`);
    const before = { follows: await seen('follows'), stays: await seen('stays') };
    const { properties } = await bench.vault('kv-contract').setSecret('pinned', 'pinned-2');
    await untilSeen('follows', 'pinned-2');
    const after = await seen('follows');
    expect(after).toMatchObject({ revision: 'follows--one', version: properties.version });
    expect(after.replica).not.toBe(before.follows.replica);
    expect((await all(bench.client.containerAppsRevisions.listRevisions(group, 'follows'))).map(({ name }) => name)).toEqual(['follows--one']);
    expect(await bench.client.containerApps.get(group, 'follows')).toMatchObject({ provisioningState: 'Succeeded', latestRevisionName: 'follows--one' });
    expect(await seen('stays')).toEqual(before.stays);
  });
});

describe('a reference whose identity has lost its role', () => {
  let identity = '';
  const words = () => new RegExp(`Field 'configuration\\.secrets' is invalid with details: 'Invalid value: "db": Unable to get value using Managed identity ${identity} for secret db\\. Error: unable to fetch secret 'db' using Managed identity '${identity}'`, 'i');

  test('keeps the app on the old value, while others follow (A2: the platform only logs it)', async () => {
    const lost = await running('loses', 'lost');
    await running('witness', 'lost');
    ({ identity } = lost);
    const before = await seen('loses');
    await lost.revoke();
    // Two ticks that the witness has followed are two that the other has seen.
    for (const value of ['lost-2', 'lost-3']) {
      await bench.vault('kv-contract').setSecret('lost', value);
      await untilSeen('witness', value);
    }
    expect(await seen('loses')).toEqual(before);
    expect(await bench.client.containerApps.get(group, 'loses')).toMatchObject({ provisioningState: 'Succeeded' });
    expect(await bench.client.containerAppsRevisions.getRevision(group, 'loses', 'loses--one')).toMatchObject({ healthState: 'Healthy', runningState: 'Running' });
  });

  test.each<{ reason: string; write: () => PromiseLike<unknown> }>([
    { reason: 'another revision', write: () => bench.client.containerApps.update(group, 'loses', { location, template: { revisionSuffix: 'two', containers: [{ name: 'main', image: 'r.azurecr.io/web:2' }] } }, fast) },
    { reason: 'the same PUT again', write: async () => bench.put('loses', await asItWas()) },
  ])('fails $reason in its operation (azure-container-apps#1174, #1159), and the old revision goes on', async ({ write }) => {
    const before = await seen('loses');
    await expect(write()).rejects.toThrow(words());
    expect(await bench.settled('loses')).toMatchObject({ provisioningState: 'Failed', latestRevisionName: 'loses--one' });
    expect(await seen('loses')).toEqual(before);
  });

  test('ends well once the role is back, and the next tick restarts what still runs with the old value', async () => {
    const { principalId } = await bench.identity('id-loses');
    await bench.grant(principalId, secretsUser, vaultPath);
    expect(await bench.put('loses', await asItWas())).toMatchObject({ provisioningState: 'Succeeded' });
    await untilSeen('loses', 'lost-3');
  });

  /** The app as it was written first: a GET of references can be written back, unlike one of values. */
  async function asItWas(): Promise<ContainerApp> {
    const { configuration } = await bench.client.containerApps.get(group, 'loses');
    return referringBody(identity, configuration?.secrets);
  }
});

describe('a reference that cannot be read fails the first operation', () => {
  test.each([
    { reason: 'no role', grant: false, reference: 'tick', on: true },
    { reason: 'no such secret', grant: true, reference: 'none', on: true },
    { reason: 'a version that is not there', grant: true, reference: `tick/${'b'.repeat(32)}`, on: true },
    { reason: 'an identity that is not on the app (A2)', grant: true, reference: 'tick', on: false },
  ])('$reason: the message of Key Vault is not passed on', async ({ reason, grant, reference, on }) => {
    const name = `unread-${reason.replaceAll(/[^a-z]/g, '').slice(0, 12)}`;
    const { body, revoke } = await referring(name, reference);
    if (!grant) await revoke();
    const failing = bench.put(name, on ? body : { ...body, identity: { type: 'None' } });
    await expect(failing).rejects.toThrow(/ContainerAppOperationError\. Failed to provision revision for container app '.*'\. Error details: .*Unable to get value using Managed identity/);
    expect(await bench.settled(name)).toMatchObject({ provisioningState: 'Failed' });
    expect(await bench.settled(name)).not.toHaveProperty('latestRevisionName');
  });
});
