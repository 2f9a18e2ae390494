import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, readyEnvironment, untilRevision } from '../../../../test/support/app-requests.ts';
import { seededChance } from '../../../../test/support/chance.ts';
import { appsUnderTest, identityId, until, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';

let azure: AppsUnderTest;
let domain: string;
beforeEach(() => open('in-process'));
afterEach(() => azure[Symbol.asyncDispose]());

async function open(workloads: 'process' | 'in-process'): Promise<void> {
  azure = await appsUnderTest({ workloads, pace: { vaultSyncMs: 30 }, chance: seededChance(1) });
  domain = await readyEnvironment(azure);
}

/** For tests of what a request or a value meets on its way to a process. */
async function withProcesses(): Promise<void> {
  await azure[Symbol.asyncDispose]();
  await open('process');
}

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
    { reason: 'all to one', weights: [100, 0], canaries: { least: 0, most: 0 } },
    { reason: 'a canary of ten percent, as chance has it', weights: [90, 10], canaries: { least: 1, most: 99 } },
    { reason: 'nobody but the other', weights: [0, 100], canaries: { least: 100, most: 100 } },
  ];
  it.each(splits)('by weight: $reason', async ({ weights, canaries }) => {
    await twoRevisions();
    const [a, b] = weights;
    await azure.settle('PATCH', appPath, { properties: traffic({ revisionName: 'web--a', weight: a }, { revisionName: 'web--b', weight: b }) });
    let seen = 0;
    for (let index = 0; index < 100; index += 1) if ((await self(`web.${domain}`)).revision === 'web--b') seen += 1;
    expect(seen).toBeGreaterThanOrEqual(canaries.least);
    expect(seen).toBeLessThanOrEqual(canaries.most);
  });

  it('repeats itself with the same seed', async () => {
    const run = async () => {
      await using seeded = await appsUnderTest({ workloads: 'in-process', chance: seededChance(42) });
      const host = `web.${await readyEnvironment(seeded)}`;
      for (const suffix of ['a', 'b']) {
        await seeded.settle('PUT', appPath, appBody({ suffix, image: `a:${suffix}`, ...traffic({ revisionName: 'web--a', weight: suffix === 'a' ? 100 : 50 }, ...(suffix === 'b' ? [{ revisionName: 'web--b', weight: 50 }] : [])) }));
        await untilRevision(seeded, `web--${suffix}`, 'Running');
      }
      const revisions: string[] = [];
      for (let index = 0; index < 30; index += 1) revisions.push((JSON.parse((await seeded.visit(host)).body) as Self).revision);
      return revisions;
    };
    const once = await run();
    expect(new Set(once).size).toBe(2);
    expect(await run()).toEqual(once);
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
  beforeEach(withProcesses);

  it('loses no request, even when it is asked for twice', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    const before = (await self(`web.${domain}`)).replica;
    for (const _ of [1, 2]) await azure.call('POST', `${appPath}/revisions/web--a/restart`);
    await until('another replica answering', async () => ((await self(`web.${domain}`)).replica === before ? null : true));
  });
});

describe('what is not reached', () => {
  const settings: readonly { readonly what: string; readonly on: object; readonly off: object; readonly headers?: Readonly<Record<string, string>> }[] = [
    { what: 'sticky sessions', on: { stickySessions: { affinity: 'sticky' } }, off: { stickySessions: { affinity: 'none' } } },
    { what: 'restrictions of addresses', on: { ipSecurityRestrictions: [{ name: 'office', ipAddressRange: '192.0.2.0/24', action: 'Allow' }] }, off: { ipSecurityRestrictions: null } },
    { what: 'client certificates', on: { clientCertificateMode: 'require' }, off: { clientCertificateMode: 'ignore' } },
    { what: 'tcp', on: { transport: 'tcp' }, off: { transport: 'http' } },
    { what: 'answers to pages of other origins', on: { corsPolicy: { allowedOrigins: ['*'] } }, off: { corsPolicy: null }, headers: { origin: 'https://shop.example.com' } },
  ];
  it.each(settings)('an app with $what, which are not modelled: 501; one that says none is', async ({ what, on, off, headers = {} }) => {
    const ingress = (setting: object) => ({ ingress: { external: true, targetPort: 80, ...setting } });
    await azure.settle('PUT', appPath, appBody({ mode: 'Single', suffix: 'a', configuration: ingress(on) }));
    await untilRevision(azure, 'web--a', 'Running');
    expect(await azure.visit(`web.${domain}`, '/', { headers })).toMatchObject({ status: 501, body: `NotModelled: ${what} of web.${domain}` });
    await azure.settle('PATCH', appPath, { properties: { configuration: ingress(off) } });
    expect((await azure.visit(`web.${domain}`, '/', { headers })).status).toBe(200);
  });

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
    await withProcesses();
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', image: 'r.azurecr.io/web:1-crash' }));
    expect((await azure.visit(`web.${domain}`)).status).toBe(503);
  });
});

describe('the end, with workloads in process', () => {
  it('leaves no server open, whatever was under way', async () => {
    const servers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    const before = servers();
    const other = await appsUnderTest({ workloads: 'in-process' });
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

describe('what is not measured', () => {
  it('a request whose client left before the answer: nobody was answered 503', async () => {
    const arrived = Promise.withResolvers<void>();
    await using other = await appsUnderTest({ chance: () => (arrived.resolve(), 0) });
    const host = `web.${await readyEnvironment(other)}`;
    await other.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await untilRevision(other, 'web--a', 'Running');
    const { pid } = JSON.parse((await other.visit(host.replace('web', 'web--a'))).body) as { pid: number };
    // A process that stands still takes connections and answers none.
    process.kill(pid, 'SIGSTOP');
    const leaves = new AbortController();
    const visit = other.visit(host, '/', { signal: leaves.signal }).catch((error: unknown) => error);
    await arrived.promise;
    leaves.abort();
    expect(await visit).toMatchObject({ name: 'AbortError' });
    process.kill(pid, 'SIGCONT');
    expect((await other.visit(host)).status).toBe(200);
    await until('two answers', async () => other.samples.filter(({ metric }) => metric === 'Requests').length >= 2 || null);
    expect(other.samples.filter(({ metric }) => metric === 'Requests').map(({ value }) => value)).toEqual([200, 200]);
  });
});

describe('what a workload knows', () => {
  beforeEach(withProcesses);

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
