import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, readyEnvironment, untilRevision } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, identityId, until, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';

let azure: AppsUnderTest;
let domain: string;
beforeEach(async () => {
  azure = await appsUnderTest({ pace: { vaultSyncMs: 30 } });
  domain = await readyEnvironment(azure);
});
afterEach(() => azure[Symbol.asyncDispose]());

interface Self {
  readonly revision: string;
  readonly replica: string;
  readonly env: readonly string[];
  readonly secrets: readonly { readonly name: string; readonly sha256: string; readonly version: string | null }[];
}

async function self(host: string): Promise<Self> {
  const { status, body } = await azure.visit(host);
  if (status !== 200) throw new Error(`${host} answered ${status}`);
  return JSON.parse(body) as Self;
}

const traffic = (...entries: readonly object[]) => ({ configuration: { ingress: { external: true, targetPort: 8080, traffic: entries } } });

async function twoRevisions(): Promise<void> {
  await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
  await untilRevision(azure, 'web--a', 'Running');
  await azure.settle('PUT', appPath, appBody({ suffix: 'b', image: 'r.azurecr.io/web:2', ...traffic({ revisionName: 'web--a', weight: 100 }) }));
  await untilRevision(azure, 'web--b', 'Running');
}

describe('which revision answers', () => {
  const splits = [
    { reason: 'all to one', weights: [100, 0], answers: { a: 20, b: 0 } },
    { reason: 'a canary of ten percent', weights: [90, 10], answers: { a: 18, b: 2 } },
    { reason: 'half and half', weights: [50, 50], answers: { a: 10, b: 10 } },
  ];
  it.each(splits)('by weight: $reason', async ({ weights, answers }) => {
    await twoRevisions();
    const [a, b] = weights;
    await azure.settle('PATCH', appPath, { properties: traffic({ revisionName: 'web--a', weight: a }, { revisionName: 'web--b', weight: b }) });
    const seen: Record<string, number> = { a: 0, b: 0 };
    for (let index = 0; index < 20; index += 1) {
      const suffix = (await self(`web.${domain}`)).revision.replace('web--', '');
      seen[suffix] = (seen[suffix] ?? 0) + 1;
    }
    expect(seen).toEqual(answers);
  });

  it('by the revision\'s own address and by label, whatever the weights', async () => {
    await twoRevisions();
    await azure.settle('PATCH', appPath, { properties: traffic({ revisionName: 'web--a', weight: 100 }, { revisionName: 'web--b', weight: 0, label: 'next' }) });
    expect((await self(`web--b.${domain}`)).revision).toBe('web--b');
    expect((await self(`web---next.${domain}`)).revision).toBe('web--b');
    expect((await self(`web.${domain}`)).revision).toBe('web--a');
  });

  it('latestRevision: the latest that was ready', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    await azure.settle('PUT', appPath, appBody({ suffix: 'b', image: 'r.azurecr.io/web:2-crash' }));
    expect((await self(`web.${domain}`)).revision).toBe('web--a');
  });
});

describe('a restart', () => {
  it('loses no request, even when it is asked for twice', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    const before = (await self(`web.${domain}`)).replica;
    for (const _ of [1, 2]) await azure.call('POST', `${appPath}/revisions/web--a/restart`);
    await until('another replica answering', async () => ((await self(`web.${domain}`)).replica === before ? null : true));
  });
});

describe('what is not reached', () => {
  it('nobody of that name, and a stopped app: a page with 404', async () => {
    expect(await azure.visit(`nobody.${domain}`)).toMatchObject({ status: 404, body: expect.stringContaining('This Container App is stopped or does not exist') });
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await azure.settle('POST', `${appPath}/stop`);
    expect((await azure.visit(`web.${domain}`)).status).toBe(404);
  });

  it('an internal app from outside: 404', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', configuration: { ingress: { external: false, targetPort: 80 } } }));
    await untilRevision(azure, 'web--a', 'Running');
    expect((await azure.visit(`web.internal.${domain}`)).status).toBe(404);
    expect((await azure.visit(`web.${domain}`)).status).toBe(404);
  });

  it('an app without a ready replica: 503', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', image: 'r.azurecr.io/web:1-crash' }));
    expect((await azure.visit(`web.${domain}`)).status).toBe(503);
  });
});

describe('the end', () => {
  it('leaves no server open, whatever was under way', async () => {
    const servers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    const before = servers();
    const other = await appsUnderTest();
    await readyEnvironment(other);
    await other.settle('PUT', appPath, appBody({ suffix: 'a', scale: { minReplicas: 3 } }));
    await untilRevision(other, 'web--a', 'Running');
    await other.call('POST', `${appPath}/revisions/web--a/restart`);
    expect(servers()).toBeGreaterThan(before);
    await other[Symbol.asyncDispose]();
    await expect.poll(servers).toBe(before);
  });
});

describe('what is measured', () => {
  it('every answered request by revision and status, with one in five failing', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', image: 'r.azurecr.io/web:1-5xx-20' }));
    await untilRevision(azure, 'web--a', 'Running');
    for (let index = 0; index < 50; index += 1) await azure.visit(`web.${domain}`, '/orders');
    const requests = () => azure.samples.filter((one) => one.metric === 'Requests');
    await expect.poll(() => requests().length).toBe(50);
    expect(requests().filter((one) => one.value === 500)).toHaveLength(10);
    expect(azure.samples).toContainEqual({ metric: 'Replicas', revision: 'web--a', value: 1 });
  });
});

describe('what a workload knows', () => {
  const identity = { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } };
  const env = [{ name: 'MODE', value: 'fast' }, { name: 'DB', secretRef: 'db' }];
  const fingerprint = (value: string) => createHash('sha256').update(value).digest('hex').slice(0, 12);
  const put = (keyVaultUrl: string) => azure.settle('PUT', appPath, appBody({ suffix: 'a', container: { env }, configuration: { secrets: [{ name: 'db', keyVaultUrl, identity: identityId }] }, more: { identity } }));

  it('the names of its variables, and of its secrets only a fingerprint', async () => {
    const url = 'https://vault-one.vault.azure.net/secrets/db/v1';
    azure.vault.set(url, 'first');
    await put(url);
    await untilRevision(azure, 'web--a', 'Running');
    expect(await self(`web.${domain}`)).toMatchObject({ app: 'web', image: 'r.azurecr.io/web:1', env: ['MODE', 'DB'], secrets: [{ name: 'db', sha256: fingerprint('first'), version: 'first' }] });
  });

  it('follows a reference without version: replicas restart, no revision is made, nothing is lost in between', async () => {
    const url = 'https://vault-one.vault.azure.net/secrets/db';
    azure.vault.set(url, 'first');
    await put(url);
    await untilRevision(azure, 'web--a', 'Running');
    azure.vault.set(url, 'second');
    const after = await until('the second value', async () => {
      const seen = await self(`web.${domain}`);
      return seen.secrets[0]?.sha256 === fingerprint('second') ? seen : null;
    });
    expect(after.revision).toBe('web--a');
    azure.vault.delete(url);
    const reads = azure.vaultReads();
    await until('two more looks at the vault', async () => azure.vaultReads() > reads + 1 || null);
    expect((await self(`web.${domain}`)).secrets[0]?.sha256).toBe(fingerprint('second'));
  });
});
