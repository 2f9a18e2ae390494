import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appBody, appPath, readyEnvironment, revision, untilRevision } from '../../../../../test/support/app-requests.ts';
import { appsUnderTest, until, type AppsUnderTest } from '../../../../../test/support/apps-under-test.ts';
import { isRunning, seenFromOutside } from '../../../../../test/support/processes.ts';

interface Self {
  readonly app: string;
  readonly revision: string;
  readonly replica: string;
  readonly pid: number;
  readonly env: readonly string[];
}

interface Started extends AsyncDisposable {
  readonly azure: AppsUnderTest;
  /** Who answers the next request. */
  self(): Promise<Self>;
}

/** One app, running. */
async function started(wish: Parameters<typeof appBody>[0] = {}, options: Parameters<typeof appsUnderTest>[0] = {}): Promise<Started> {
  const azure = await appsUnderTest(options);
  const domain = await readyEnvironment(azure);
  await azure.settle('PUT', appPath, appBody({ suffix: 'a', ...wish }));
  await untilRevision(azure, 'web--a', 'Running');
  const self = async () => {
    const { status, body } = await azure.visit(`web.${domain}`);
    if (status !== 200) throw new Error(`answered ${status}`);
    return JSON.parse(body) as Self;
  };
  return { azure, self, [Symbol.asyncDispose]: () => azure[Symbol.asyncDispose]() };
}

interface ShownReplica {
  readonly name: string;
  readonly properties: { readonly containers: readonly { readonly restartCount: number; readonly ready: boolean }[] };
}

async function replicas(azure: AppsUnderTest): Promise<readonly ShownReplica[]> {
  return ((await azure.call('GET', `${appPath}/revisions/web--a/replicas`)).body as { value: ShownReplica[] }).value;
}

// Each of these worlds is a test's own, and most of its time is the start of a process.
describe.concurrent('a replica', () => {
  it('is a process of its own, and says which', async () => {
    await using app = await started({ scale: { minReplicas: 2 } });
    const seen = new Map<string, number>();
    await until('an answer of each replica', async () => {
      const { replica, pid } = await app.self();
      seen.set(replica, pid);
      return seen.size === 2 || null;
    });
    expect([...seen.keys()].toSorted()).toEqual((await replicas(app.azure)).map(({ name }) => name).toSorted());
    expect(new Set([...seen.values(), process.pid]).size).toBe(3);
    expect([...seen.values()].every(isRunning)).toBe(true);
  });

  it('is the same program in the emulator\'s process, where that is asked for', async () => {
    await using own = await started();
    await using inside = await started({}, { workloads: 'in-process' });
    const { pid, ...about } = await own.self();
    expect(await inside.self()).toEqual({ ...about, pid: process.pid });
    expect(pid).not.toBe(process.pid);
  });

  it('gives a verdict, where its image is one that gates ask', async ({ expect }) => {
    await using app = await started({ container: { image: 'contoso.azurecr.io/desk:1.0.0-gate-fail' } });
    const { body: web } = await app.azure.call('GET', appPath);
    const host = (web as { properties: { configuration: { ingress: { fqdn: string } } } }).properties.configuration.ingress.fqdn; // an app with an ingress
    const asked = await app.azure.visit(host, '/any', { method: 'POST' });
    expect(JSON.parse(asked.body)).toEqual({ verdict: 'fail', detail: 'says desk:1.0.0-gate-fail' });
    expect(await app.self()).toMatchObject({ app: 'web' });
  });

  it.runIf(process.platform === 'linux')('has the environment that its container declares and nothing of ours; its arguments say nothing', async () => {
    const env = [{ name: 'MODE', value: 'fast' }, { name: 'DB', secretRef: 'db' }, { name: 'EMPTY' }];
    await using app = await started({ container: { env }, configuration: { ingress: { external: true, targetPort: 80 }, secrets: [{ name: 'db', value: 'between us' }] } });
    const { pid, env: names, replica } = await app.self();
    const { commandLine, environment } = seenFromOutside(pid);
    const platform = { CONTAINER_APP_NAME: 'web', CONTAINER_APP_REVISION: 'web--a', CONTAINER_APP_REPLICA_NAME: replica };
    expect(environment).toEqual({ MODE: 'fast', DB: 'between us', EMPTY: '', ...platform });
    expect(names).toEqual(['MODE', 'DB', 'EMPTY']);
    expect(commandLine).toMatch(/workload-start\.mjs $/);
    expect(commandLine).not.toContain('between us');
  });

  const unusual = [
    { reason: 'a variable that would change Node is set by the program itself', env: [{ name: 'NODE_OPTIONS', value: '--require /none.js' }, { name: 'NODE_ENV', value: 'production' }], names: ['NODE_ENV', 'NODE_OPTIONS'] },
    { reason: 'a value as long as Linux allows', env: [{ name: 'LONG', value: 'x'.repeat(130_000) }], names: ['LONG'] },
    { reason: 'a value of many lines', env: [{ name: 'PEM', value: 'one\ntwo\n' }], names: ['PEM'] },
  ];
  it.each(unusual)('starts with $reason', async ({ env, names }) => {
    await using app = await started({ container: { env } });
    expect((await app.self()).env).toEqual(names);
  });

  const impossible = [
    { reason: 'is longer than the system takes', value: 'x'.repeat(200_000) },
    { reason: 'holds a zero byte', value: 'a\0b' },
  ];
  it.each(impossible)('crashes where a value $reason', async ({ value }) => {
    await using azure = await appsUnderTest();
    await readyEnvironment(azure);
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', container: { env: [{ name: 'TOO', value }] } }));
    expect(await untilRevision(azure, 'web--a', 'Failed')).toMatchObject({ provisioningError: 'Container crashing: main' });
  });
});

describe.concurrent('a process that somebody kills', () => {
  it('is started again: the restart is counted, and the revision is degraded until then', async () => {
    await using app = await started({ scale: { minReplicas: 2 } }, { pace: { readyMs: 200 } });
    const { azure } = app;
    const victim = await app.self();
    process.kill(victim.pid, 'SIGKILL');
    expect(await untilRevision(azure, 'web--a', 'Degraded')).toMatchObject({ healthState: 'Unhealthy', provisioningState: 'Provisioned', runningStateDetails: '1/2 replicas ready.' });
    // Requests go to the other one in the meantime.
    expect((await app.self()).pid).not.toBe(victim.pid);
    expect(await untilRevision(azure, 'web--a', 'Running')).toMatchObject({ healthState: 'Healthy' });
    const counts = (await replicas(azure)).map(({ name, properties }) => [name, properties.containers[0]?.restartCount]);
    expect(new Map(counts as [string, number][]).get(victim.replica)).toBe(1);
    expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(1);
    expect(azure.samples.filter(({ metric }) => metric === 'RestartCount').map(({ value }) => value)).toContain(1);
    const after = await until('the same replica as another process', async () => {
      const seen = await app.self();
      return seen.replica === victim.replica ? seen : null;
    });
    expect(after.pid).not.toBe(victim.pid);
  });

  it('is started again as often as it is killed', async () => {
    await using app = await started();
    for (const kills of [1, 2]) {
      process.kill((await app.self()).pid, 'SIGKILL');
      await until(`restart ${kills}`, async () => ((await replicas(app.azure))[0]?.properties.containers[0]?.restartCount === kills || null));
      await untilRevision(app.azure, 'web--a', 'Running');
    }
  });
});

describe.concurrent('a process whose replica ends', () => {
  /** Of one app, whose template says how long its processes may take to end. */
  async function withGrace(terminationGracePeriodSeconds: number | null, readyMs: number): Promise<Started> {
    const template = { revisionSuffix: 'a', containers: [{ name: 'main', image: 'a:1' }], scale: { minReplicas: 1 }, terminationGracePeriodSeconds };
    const properties = (appBody() as { properties: object }).properties;
    return started({ more: { properties: { ...properties, template } } }, { pace: { readyMs } });
  }

  it('ends on SIGTERM', async ({ expect }) => {
    await using app = await withGrace(600, 200);
    const { pid } = await app.self();
    await app.azure.call('POST', `${appPath}/revisions/web--a/deactivate`);
    // Six seconds before it would be ended by SIGKILL.
    await expect.poll(() => isRunning(pid), { timeout: 5_500 }).toBe(false);
    expect(await revision(app.azure, 'web--a')).toMatchObject({ runningState: 'Stopped', replicas: 0 });
  });

  const deaf = [
    { reason: 'after its grace', seconds: null },
    { reason: 'at once where the template gives it none', seconds: 0 },
  ];
  it.for(deaf)('is ended by SIGKILL when it does not hear, $reason', async ({ seconds }, { expect }) => {
    await using app = await withGrace(seconds, 20);
    const { pid } = await app.self();
    process.kill(pid, 'SIGSTOP');
    await app.azure.call('POST', `${appPath}/revisions/web--a/deactivate`);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});

describe('with the emulator', () => {
  it('every process ends when it is disposed of, also one that is just starting', async () => {
    const app = await started({ scale: { minReplicas: 2 } });
    const { pid } = await app.self();
    await app.azure.call('POST', `${appPath}/revisions/web--a/restart`);
    await app[Symbol.asyncDispose]();
    expect(isRunning(pid)).toBe(false);
    await expect.poll(() => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length).toBe(0);
  });

  it('every process ends when it is killed', async () => {
    const emulator = spawn(process.execPath, [join(import.meta.dirname, '../../../../../test/support/emulator-process.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(emulator, 'exit');
    const [line] = (await Promise.race([once(emulator.stdout, 'data'), ended])) as [unknown];
    if (!(line instanceof Buffer)) throw new Error(`the emulator ended by itself: ${String(line)}`);
    const pids = JSON.parse(line.toString()) as number[];
    expect(pids.map(isRunning)).toEqual([true, true]);
    emulator.kill('SIGKILL');
    await ended;
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
  });
});
