import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appBody, appPath, readyEnvironment, revision, untilRevision } from '../../../../test/support/app-requests.ts';
import { appsUnderTest, environmentId, until, type AppsUnderTest } from '../../../../test/support/apps-under-test.ts';
import { systemClock } from '../clock.ts';
import { restsAfter } from './scale.ts';

const http = { name: 'http', http: { metadata: { concurrentRequests: '10' } } };
const custom = (type: string) => ({ name: type, custom: { type, metadata: {} } });

describe('when a revision goes to zero', () => {
  const scales: readonly { readonly reason: string; readonly scale: object | null; readonly seconds: number | null }[] = [
    { reason: 'nothing is said', scale: null, seconds: 300 },
    { reason: 'no minimum, as a read shows it', scale: { minReplicas: null, rules: null }, seconds: 300 },
    { reason: 'a rule on requests', scale: { minReplicas: 0, rules: [http] }, seconds: 300 },
    { reason: 'a cooldown of its own', scale: { minReplicas: 0, cooldownPeriod: 60, rules: [http] }, seconds: 60 },
    { reason: 'one replica always', scale: { minReplicas: 1, rules: [http] }, seconds: null },
    { reason: 'a rule on a processor needs a replica to measure', scale: { minReplicas: 0, rules: [http, custom('cpu')] }, seconds: null },
    { reason: 'a rule on times is not evaluated here', scale: { minReplicas: 0, rules: [custom('cron')] }, seconds: null },
  ];
  it.each(scales)('$reason: after $seconds s', ({ scale, seconds }) => {
    expect(restsAfter({ scale })).toBe(seconds);
  });
});

describe('a revision that may go to zero', () => {
  /** Seconds last a millisecond. */
  const scale = { minReplicas: 0, cooldownPeriod: 60, rules: [http] };
  let azure: AppsUnderTest;
  let host: string;
  beforeEach(() => open('in-process'));
  afterEach(() => azure[Symbol.asyncDispose]());

  async function open(workloads: 'process' | 'in-process'): Promise<void> {
    azure = await appsUnderTest({ workloads });
    host = `web.${await readyEnvironment(azure)}`;
  }

  async function atZero(more: Parameters<typeof appBody>[0] = {}): Promise<void> {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', scale, ...more }));
    await untilRevision(azure, 'web--a', 'ScaledToZero');
  }

  it('starts with one replica, and rests when nobody asked it for its cooldown', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a', scale }));
    expect(await revision(azure, 'web--a')).toMatchObject({ replicas: 1 });
    expect(await untilRevision(azure, 'web--a', 'ScaledToZero')).toMatchObject({ active: true, replicas: 0, provisioningState: 'Provisioned', healthState: 'Healthy', trafficWeight: 100 });
    expect((await azure.call('GET', `${appPath}/revisions/web--a/replicas`)).body).toEqual({ value: [] });
    expect(azure.samples.at(-1)).toEqual({ metric: 'Replicas', revision: 'web--a', value: 0 });
    const { body } = await azure.call('GET', `${environmentId}/usages`);
    expect(body).toMatchObject({ value: expect.arrayContaining([expect.objectContaining({ name: expect.objectContaining({ value: 'ManagedEnvironmentConsumptionCores' }), usage: 0 })]) });
  });

  it('is woken by requests, which wait for its first replica, and rests again', async () => {
    await azure[Symbol.asyncDispose]();
    await open('process');
    await atZero();
    const answers = Promise.all([azure.visit(host), azure.visit(host), azure.visit(host.replace('web', 'web--a'))]);
    expect(await untilRevision(azure, 'web--a', 'Activating')).toMatchObject({ replicas: 1, healthState: 'Healthy', provisioningState: 'Provisioned' });
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200]);
    await untilRevision(azure, 'web--a', 'ScaledToZero');
  });

  it('stays as long as a request lies less than its cooldown back', async () => {
    // Time that stands still until the test moves it: whatever the machine does meanwhile takes none.
    let time = Date.now();
    const waits: number[] = [];
    const real = systemClock();
    const clock = { ...real, now: () => time, after: (ms: number, run: () => void) => (waits.push(ms), real.after(ms, run)) };
    await using other = await appsUnderTest({ clock, workloads: 'in-process' });
    const address = `web.${await readyEnvironment(other)}`;
    await other.settle('PUT', appPath, appBody({ suffix: 'a', scale }));
    await untilRevision(other, 'web--a', 'Running');
    const replica = async () => (JSON.parse((await other.visit(address)).body) as { replica: string }).replica;
    const first = await replica();
    time += 47;
    expect(await replica()).toBe(first);
    time += 29;
    await until('a look that finds as much left', async () => waits.includes(31) || null);
    expect(await revision(other, 'web--a')).toMatchObject({ runningState: 'Running' });
    time += 31;
    await untilRevision(other, 'web--a', 'ScaledToZero');
  });

  it('gets its share of the traffic also at zero', async () => {
    await azure.settle('PUT', appPath, appBody({ suffix: 'a' }));
    await untilRevision(azure, 'web--a', 'Running');
    const traffic = [{ revisionName: 'web--a', weight: 50 }, { revisionName: 'web--b', weight: 50 }];
    await azure.settle('PUT', appPath, appBody({ suffix: 'b', scale, configuration: { ingress: { external: true, targetPort: 8080, traffic } } }));
    await untilRevision(azure, 'web--b', 'ScaledToZero');
    const answering = new Set<string>();
    await until('an answer of each', async () => {
      answering.add((JSON.parse((await azure.visit(host)).body) as { revision: string }).revision);
      return answering.size === 2 || null;
    });
    expect(answering).toEqual(new Set(['web--a', 'web--b']));
  });

  it('answers 503 when no replica is ready within the bound, and the next request when one is', async () => {
    // Two looks that lie 240 seconds apart: later than a request waits.
    await atZero({ container: { probes: [{ type: 'Readiness', tcpSocket: { port: 8080 }, periodSeconds: 240, successThreshold: 2 }] } });
    expect((await azure.visit(host)).status).toBe(503);
    expect((await azure.visit(host)).status).toBe(200);
  });

  it('answers 503 to who waits when it is deactivated', async () => {
    await atZero();
    const answer = azure.visit(host.replace('web', 'web--a'));
    await untilRevision(azure, 'web--a', 'Activating');
    await azure.call('POST', `${appPath}/revisions/web--a/deactivate`);
    expect((await answer).status).toBe(503);
    expect(await revision(azure, 'web--a')).toMatchObject({ active: false, runningState: 'Stopped' });
  });

  it('stays at zero when it is restarted, and runs when it is activated again', async () => {
    await atZero();
    await azure.call('POST', `${appPath}/revisions/web--a/restart`);
    expect(await revision(azure, 'web--a')).toMatchObject({ runningState: 'ScaledToZero' });
    await azure.call('POST', `${appPath}/revisions/web--a/deactivate`);
    await azure.call('POST', `${appPath}/revisions/web--a/activate`);
    expect(await untilRevision(azure, 'web--a', 'Running')).toMatchObject({ replicas: 1 });
  });
});
