import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, appProperties, readyEnvironment, revision, untilRevision } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, until, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';

let azure: AppsUnderTest;
beforeEach(() => open({ workloads: 'in-process' }));
afterEach(() => azure[Symbol.asyncDispose]());

async function open(options: Parameters<typeof appsUnderTest>[0]): Promise<void> {
  azure = await appsUnderTest(options);
  await readyEnvironment(azure);
}

async function reopen(options: Parameters<typeof appsUnderTest>[0]): Promise<void> {
  await azure[Symbol.asyncDispose]();
  await open(options);
}

/** For tests that look at what is between an operation's end and readiness. */
function unhurried(): Promise<void> {
  return reopen({ workloads: 'in-process', pace: { readyMs: 250 } });
}

async function names(query: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { body } = await azure.call('GET', `${appPath}/revisions`, null, query);
  return (body as { value: { name: string }[] }).value.map((one) => one.name);
}

async function firstContainer(): Promise<{ readonly restartCount: number; readonly ready: boolean } | undefined> {
  const { body } = await azure.call('GET', `${appPath}/revisions/web--a/replicas`);
  return (body as { value: { properties: { containers: { restartCount: number; ready: boolean }[] } }[] }).value[0]?.properties.containers[0];
}

describe('a revision over time', () => {
  it('is provisioning when its operation has succeeded, and running later', async () => {
    await unhurried();
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', scale: { minReplicas: 2 } }));
    expect(await revision(azure, 'web--a')).toMatchObject({ active: true, replicas: 2, provisioningState: 'Provisioning', healthState: 'None', runningState: 'Processing' });
    expect(await untilRevision(azure, 'web--a', 'Running')).toMatchObject({ provisioningState: 'Provisioned', healthState: 'Healthy', trafficWeight: 100 });
  });

  it('shows the latest ready one behind the latest until that is ready', async () => {
    await unhurried();
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    await azure.settle('PUT', appPath, appBody({ suffix: 'b', image: 'r.azurecr.io/web:2' }));
    expect(await appProperties(azure)).toMatchObject({ latestRevisionName: 'web--b', latestReadyRevisionName: 'web--a' });
    await untilRevision(azure, 'web--b', 'Running');
    expect(await appProperties(azure)).toMatchObject({ latestReadyRevisionName: 'web--b' });
  });

  it('takes its time with an image that is slow', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    const start = Date.now();
    await azure.settle('PUT', appPath, appBody({ suffix: 'b', image: 'r.azurecr.io/web:2-slow' }));
    expect(await untilRevision(azure, 'web--b', 'Running')).toMatchObject({ provisioningState: 'Provisioned' });
    expect(Date.now() - start).toBeGreaterThan(100);
  });

  const failures = [
    { reason: 'its container crashes', image: 'r.azurecr.io/web:1-crash', container: {}, error: 'Container crashing: main', details: '1/1 Container crashing: main' },
    {
      reason: 'it never answers its readiness probe',
      image: 'r.azurecr.io/web:1-unready',
      container: { probes: [{ type: 'Readiness', httpGet: { path: '/ready', port: 8080 } }] },
      error: 'Deployment Progress Deadline Exceeded. 0/1 replicas ready.',
      details: 'Deployment Progress Deadline Exceeded. 0/1 replicas ready.',
    },
  ];
  it.each(failures)('fails although its operation succeeded, because $reason', async ({ image, container, error, details }) => {
    expect((await azure.settle('PUT', appPath, appBody({ suffix: 'a', image, container }))).status).toBe('Succeeded');
    const failed = await untilRevision(azure, 'web--a', 'Failed');
    expect(failed).toMatchObject({ active: true, replicas: 1, healthState: 'Unhealthy', provisioningState: 'Failed', provisioningError: error, runningStateDetails: details });
  });

  it('counts the restarts of a crashing container in its replicas', async () => {
    await reopen({ workloads: 'process' });
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', image: 'r.azurecr.io/web:1-crash' }));
    const container = await until('a second restart', async () => {
      const first = await firstContainer();
      return (first?.restartCount ?? 0) > 1 ? first : null;
    });
    expect(container).toMatchObject({ ready: false, started: false, runningState: 'Waiting', runningStateDetails: 'CrashLoopBackOff' });
    expect(azure.samples.filter((one) => one.metric === 'RestartCount').map((one) => one.value)).toContain(2);
  });

  it('restarts a container whose liveness probe fails', async () => {
    await reopen({ workloads: 'process' });
    const httpGet = { path: '/health', port: 8080 };
    const probes = [{ type: 'Readiness', httpGet }, { type: 'Liveness', httpGet, periodSeconds: 1 }];
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', image: 'r.azurecr.io/web:1-unready', container: { probes } }));
    await until('a restart', async () => ((await firstContainer())?.restartCount ?? 0) > 0 || null);
    expect(await untilRevision(azure, 'web--a', 'Failed')).toMatchObject({ healthState: 'Unhealthy' });
  });

  it('lists as many replicas as its scale asks for, although only five run', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', scale: { minReplicas: 8 } }));
    await untilRevision(azure, 'web--a', 'Running');
    const { body } = await azure.call('GET', `${appPath}/revisions/web--a/replicas`);
    const replicas = (body as { value: { name: string; properties: object }[] }).value;
    expect(new Set(replicas.map((one) => one.name)).size).toBe(8);
    const one = await azure.call('GET', `${appPath}/revisions/web--a/replicas/${replicas[7]?.name}`);
    expect(one.body).toMatchObject({ properties: { runningState: 'Running', containers: [{ name: 'main', ready: true, started: true, restartCount: 0 }] } });
  });
});

describe('which writes make a revision', () => {
  const changes = [
    { reason: 'another image', patch: { template: { containers: [{ name: 'main', image: 'r.azurecr.io/web:2' }], revisionSuffix: null } }, makes: true },
    { reason: 'another scale', patch: { template: { scale: { minReplicas: 3 }, revisionSuffix: null } }, makes: true },
    { reason: 'a suffix alone', patch: { template: { revisionSuffix: 'named' } }, makes: true },
    { reason: 'the same template', patch: { template: { containers: [{ name: 'main', image: 'r.azurecr.io/web:1' }], revisionSuffix: null } }, makes: false },
    { reason: 'traffic', patch: { configuration: { ingress: { traffic: [{ latestRevision: true, weight: 100, label: 'x' }] } } }, makes: false },
    { reason: 'a secret', patch: { configuration: { secrets: [{ name: 's', value: 'v' }] } }, makes: false },
    { reason: 'the mode', patch: { configuration: { activeRevisionsMode: 'Single' } }, makes: false },
  ];
  it.each(changes)('$reason: $makes', async ({ patch, makes }) => {
    await azure.settle('PUT', appPath, appBody());
    await azure.settle('PATCH', appPath, { properties: patch });
    expect(await names()).toHaveLength(makes ? 2 : 1);
  });

  it('names the first at random and counts from then on', async () => {
    for (const image of ['a:1', 'a:2', 'a:3']) await azure.settle('PUT', appPath, appBody({ image }));
    expect(await names()).toEqual([expect.stringMatching(/^web--[a-z][a-z0-9]{6}$/), 'web--0000001', 'web--0000002']);
  });

  const reuses = [
    { reason: 'the same content succeeds and makes nothing', image: 'a:1', status: 'Succeeded', message: '' },
    { reason: 'other content is refused', image: 'a:3', status: 'Failed', message: "Field 'template.revisionsuffix' is invalid with details: 'Invalid value: \"one\": revision with suffix one already exists';" },
  ];
  it.each(reuses)('a suffix that was used before: $reason', async ({ image, status, message }) => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'one', image: 'a:1' }));
    await azure.settle('PUT', appPath, appBody({ suffix: 'two', image: 'a:2' }));
    const end = await azure.settle('PUT', appPath, appBody({ suffix: 'one', image }));
    expect(end.status).toBe(status);
    expect(end.error?.message ?? '').toContain(message);
    expect(await names()).toEqual(['web--one', 'web--two']);
    expect(await appProperties(azure)).toMatchObject({ latestRevisionName: 'web--two' });
  });
});

describe('which revisions are active', () => {
  it('Single: the old one serves until the new one is ready, then it stops', async () => {
    await unhurried();
    await azure.settle('PUT', appPath, appBody({ mode: 'Single', suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    await azure.settle('PUT', appPath, appBody({ mode: 'Single', suffix: 'b', image: 'r.azurecr.io/web:2' }));
    expect(await revision(azure, 'web--a')).toMatchObject({ active: true, trafficWeight: 100, runningState: 'Running' });
    await untilRevision(azure, 'web--b', 'Running');
    const old = await revision(azure, 'web--a');
    expect(old).toMatchObject({ active: false, replicas: 0, trafficWeight: 0, runningState: 'Stopped', healthState: 'Healthy' });
    expect(old.lastActiveTime).toBeDefined();
  });

  it('Single: the old one goes on when the new one crashes', async () => {
    await azure.settle('PUT', appPath, appBody({ mode: 'Single', suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    await azure.settle('PUT', appPath, appBody({ mode: 'Single', suffix: 'b', image: 'r.azurecr.io/web:2-crash' }));
    await untilRevision(azure, 'web--b', 'Failed');
    expect(await revision(azure, 'web--a')).toMatchObject({ active: true, trafficWeight: 100, runningState: 'Running' });
  });

  it('Multiple: all stay until they are deactivated, and can be activated again', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await azure.settle('PUT', appPath, appBody({ suffix: 'b', image: 'r.azurecr.io/web:2' }));
    expect(await azure.call('POST', `${appPath}/revisions/web--a/deactivate`)).toMatchObject({ status: 200 });
    expect(await names({ $filter: 'properties/active eq true' })).toEqual(['web--b']);
    await azure.call('POST', `${appPath}/revisions/web--a/activate`);
    expect(await untilRevision(azure, 'web--a', 'Running')).toMatchObject({ active: true });
  });

  it('restart: new replicas take over and no revision is made', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    const replicas = async () => ((await azure.call('GET', `${appPath}/revisions/web--a/replicas`)).body as { value: { name: string }[] }).value.map((one) => one.name);
    const before = await replicas();
    expect(await azure.call('POST', `${appPath}/revisions/web--a/restart`)).toMatchObject({ status: 200 });
    await until('another replica', async () => ((await replicas())[0] === before[0] ? null : true));
    expect(await names()).toEqual(['web--a']);
    expect(await revision(azure, 'web--a')).toMatchObject({ runningState: 'Running' });
  });

  it('forgets the oldest inactive ones beyond the allowed number', async () => {
    const put = (suffix: string) => azure.settle('PUT', appPath, appBody({ mode: 'Single', suffix, image: `a:${suffix}`, configuration: { maxInactiveRevisions: 1 } }));
    for (const suffix of ['a', 'b', 'c', 'd']) {
      await put(suffix);
      await untilRevision(azure, `web--${suffix}`, 'Running');
    }
    expect(await names()).toEqual(['web--c', 'web--d']);
  });
});
