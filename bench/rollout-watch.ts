import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { aggregateKey } from '../src/adapters/redis/keys.ts';
import { deploymentStates, type DeploymentState } from '../src/kernel/messages/deployment.ts';
import { parseTenantId } from '../src/kernel/ids.ts';
import type { LogLine } from './rollout-log.ts';

const ends: ReadonlySet<string> = new Set(['Completed', 'RolledBack', 'Failed', 'Superseded'] satisfies DeploymentState[]);

/** What the worker's log says about one environment's deployment. */
export interface Story {
  readonly tenantId: string;
  readonly deploymentId: string;
  /** When each state was first come to, milliseconds since the epoch: the end of the delivery, and its begin. */
  readonly states: Map<DeploymentState, { readonly at: number; readonly began: number }>;
  endedAt: number | null;
  deliveries: number;
}

export interface Watch {
  readonly take: (line: LogLine) => void;
  /** By environment; the newest deployment of each. */
  readonly stories: ReadonlyMap<string, Story>;
  /** Milliseconds in which a delivery was handled, and how many there were, by queue. */
  readonly busy: ReadonlyMap<string, { readonly ms: number; readonly deliveries: number }>;
  /** Lines of warnings and errors by their text. */
  readonly faults: ReadonlyMap<string, number>;
  ended(): number;
  reset(): void;
}

export function watchWorker(): Watch {
  const stories = new Map<string, Story>();
  const busy = new Map<string, { ms: number; deliveries: number }>();
  const faults = new Map<string, number>();
  const earlier = new Set<string>();
  const follow = (line: LogLine): void => {
    const said = /^(\S+) is (\w+)$/.exec(line.reason ?? '');
    const state = deploymentStates.find((one) => one === said?.[2]);
    const [, deploymentId = ''] = said ?? [];
    if (state === undefined || line.environment === undefined || earlier.has(`${line.environment} ${deploymentId}`)) return;
    const story = stories.get(line.environment)?.deploymentId === deploymentId ? stories.get(line.environment) : undefined;
    const told: Story = story ?? { tenantId: line.tenantId ?? '', deploymentId, states: new Map(), endedAt: null, deliveries: 0 };
    stories.set(line.environment, told);
    told.deliveries += 1;
    if (!told.states.has(state)) told.states.set(state, { at: line.time, began: line.time - (line.ms ?? 0) });
    if (ends.has(state)) told.endedAt ??= line.time;
  };
  return {
    stories,
    busy,
    faults,
    take(line) {
      if (line.level >= 40) faults.set(line.msg, (faults.get(line.msg) ?? 0) + 1);
      if (line.msg !== 'Delivered' || line.queue === undefined) return;
      const known = busy.get(line.queue) ?? { ms: 0, deliveries: 0 };
      busy.set(line.queue, { ms: known.ms + (line.ms ?? 0), deliveries: known.deliveries + 1 });
      if (line.queue === 'deployment') follow(line);
    },
    ended: () => [...stories.values()].filter(({ endedAt }) => endedAt !== null).length,
    reset() {
      for (const [environment, { deploymentId }] of stories) earlier.add(`${environment} ${deploymentId}`);
      for (const map of [stories, busy, faults]) map.clear();
    },
  };
}

/** How often the deployment was saved. */
export async function stateWrites(redis: Redis, { tenantId, deploymentId }: Story): Promise<number> {
  return Number(await redis.hget(aggregateKey({ tenantId: parseTenantId(tenantId), type: 'RuntimeDeployment', id: deploymentId }), 'version'));
}

export interface Machine {
  /** Bytes. */
  readonly workerRss: number;
  readonly redisBytes: number;
  readonly redisPeakBytes: number;
  /** Seconds of processor time so far. */
  readonly workerCpu: number;
  readonly redisCpu: number;
  /** This process: both local clouds, and the bench itself. */
  readonly cloudsCpu: number;
}

const ticksPerSecond = 100;

/** On Linux, where `/proc` tells. */
export async function lookAtMachine(workerPid: number, redis: Redis): Promise<Machine> {
  const memory = await redis.info('memory');
  const status = readFileSync(`/proc/${workerPid}/status`, 'utf8');
  // The name is in brackets and may hold anything; the two times are the 12th and 13th field after it.
  const fields = readFileSync(`/proc/${workerPid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const own = process.cpuUsage();
  return {
    workerRss: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024,
    redisBytes: Number(/used_memory:(\d+)/.exec(memory)?.[1]),
    redisPeakBytes: Number(/used_memory_peak:(\d+)/.exec(memory)?.[1]),
    workerCpu: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    redisCpu: cpuOf(await redis.info('cpu')),
    cloudsCpu: (own.user + own.system) / 1e6,
  };
}

function cpuOf(info: string): number {
  return Number(/used_cpu_user:([\d.]+)/.exec(info)?.[1]) + Number(/used_cpu_sys:([\d.]+)/.exec(info)?.[1]);
}
