import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RoutedAgent } from '../../../src/adapters/azure/route.ts';
import { httpCall } from '../../../src/cli/demo/http-call.ts';
import type { ServiceBuild } from '../../../src/local/azure/apps/service-build.ts';
import { startLocalAzure } from '../../../src/local/azure/start.ts';
import type { Pace } from '../../../src/local/azure/world.ts';
import { manualClock, type ManualClock } from '../../support/manual-clock.ts';
import type { Seed } from './seeds.ts';

export interface LocalAnswer {
  /** 0 when the host does not exist here. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Null for none. */
  readonly body: unknown;
}

export interface ReplayWorld extends AsyncDisposable {
  readonly clock: ManualClock;
  rollOut(build: ServiceBuild): void;
  send(method: string, url: string, body: unknown): Promise<LocalAnswer>;
  /** Long enough for every operation that runs to end. */
  endOperations(): void;
  /** Until no revision is being provisioned. Replicas are processes with a pace of their own: this waits in real time and lets the clock follow. */
  settle(): Promise<void>;
}

const longestOperationMs = 10_000;
/** Nothing ends before it is told to, and nothing rests in the time that a flow takes. */
const pace: Partial<Pace> = { operationMs: longestOperationMs, environmentMs: longestOperationMs, readyMs: 60_000, expiryMs: longestOperationMs };
const settleWithinMs = 20_000;
const management = 'https://management.azure.com';

interface Place {
  readonly subscription: string;
  readonly environmentsPerRegion: number | undefined;
}

/** A local Azure of its own, behind TLS, with `seeds` in it, each written to the build of its day. */
export async function replayWorld({ subscription, environmentsPerRegion }: Place, seeds: readonly (Seed & { readonly build: ServiceBuild })[]): Promise<ReplayWorld> {
  const directory = await mkdtemp(path.join(tmpdir(), 'trueup-replay-'));
  const clock = manualClock(Date.UTC(2030, 0, 1));
  // What a replica does is in no recording: one in this process is as good as one of its own.
  const azure = await startLocalAzure({ directory, subscription, pace, clock, environmentsPerRegion, workloads: 'in-process' });
  const agent = new RoutedAgent({ port: azure.port, ca: azure.ca }, true);
  const send: ReplayWorld['send'] = async (method, url, body) => {
    const headers = { authorization: `Bearer ${azure.token}`, ...(body !== null && { 'content-type': 'application/json' }) };
    try {
      const answer = await httpCall(url, { method, headers, agent }, body === null ? undefined : JSON.stringify(body));
      return { status: answer.status, headers: answer.headers, body: answer.body === '' ? null : (JSON.parse(answer.body) as unknown) };
    } catch (error) {
      if (new URL(url).origin === management) throw error;
      return { status: 0, headers: {}, body: null };
    }
  };
  const endOperations = () => clock.advance(longestOperationMs);
  const world: ReplayWorld = {
    clock,
    rollOut: azure.rollOut,
    send,
    endOperations,
    settle: () => settle(clock, async () => isProvisioning(subscription, send)),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await azure[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
  for (const { path: below, apiVersion, body, build } of seeds) {
    azure.rollOut(build);
    const answer = await send('PUT', `${management}/subscriptions/${subscription}${below}?api-version=${apiVersion}`, body);
    if (answer.status !== 200 && answer.status !== 201) throw new Error(`the seed ${below} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
    endOperations();
  }
  await world.settle();
  return world;
}

async function settle(clock: ManualClock, isBusy: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + settleWithinMs;
  while (await isBusy()) {
    if (Date.now() > end) throw new Error(`a revision was still being provisioned after ${settleWithinMs / 1000} s`);
    clock.advance(5_000);
    await sleep(2);
  }
}

async function isProvisioning(subscription: string, send: ReplayWorld['send']): Promise<boolean> {
  const version = '?api-version=2025-01-01';
  const apps = await send('GET', `${management}/subscriptions/${subscription}/providers/Microsoft.App/containerApps${version}`, null);
  for (const { id } of valuesOf<{ readonly id: string }>(apps)) {
    const revisions = valuesOf<{ readonly properties: { readonly provisioningState: string } }>(await send('GET', `${management}${id}/revisions${version}`, null));
    if (revisions.some(({ properties }) => properties.provisioningState === 'Provisioning')) return true;
  }
  return false;
}

/** The shapes are those of the local Azure's own lists. */
function valuesOf<T>({ body }: LocalAnswer): readonly T[] {
  return (body as { readonly value: readonly T[] }).value;
}
