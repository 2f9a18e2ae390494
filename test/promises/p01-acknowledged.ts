import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { until } from '../../src/cli/demo/until.ts';
import { freePort } from '../../src/local/free-port.ts';
import { seededChance } from '../support/chance.ts';
import { signed } from '../support/intake-bench.ts';
import { redisBench, type RedisBench } from '../support/redis-bench.ts';
import { tcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { startWeb, webSecret, type WebProcess } from '../support/web-process.ts';
import type { PromiseProof } from './promise.ts';

const sizes = {
  short: { deliveries: 140, redisCrashes: 2, webCrashes: 1, others: 1, briefMs: 200 },
  full: { deliveries: 1000, redisCrashes: 20, webCrashes: 5, others: 4, briefMs: 2200 },
} as const;

export const p01: PromiseProof = {
  id: 'P1',
  promise: 'Acknowledged means stored: a 2xx to GitHub means the delivery is on fsynced disk',
  how: 'A real web process takes 1,000 signed deliveries over HTTP, its Redis behind a TCP proxy. Meanwhile Redis is killed 20 times (SIGKILL), black-holed, stopped (SIGSTOP), paused (CLIENT PAUSE) and refused, and the web process is killed 5 times, in an order by the seed. Then everything is started again; each delivery that got a 2xx must have its message in the outbox. Every other one is delivered again under its GUID, as GitHub does when it is asked to, and a tenth of the acknowledged ones, too: each must be there once.',
  limits: 'SIGKILL leaves what was written and not yet fsynced in the kernel, so power loss is not shown by it; Redis answers after fdatasync with `appendfsync always`, and Trueup refuses to start on another setting. The time of a failure is measured by the sender, on a machine that also runs the sender; the short form allows for it the 10 s that GitHub waits.',
  thresholds: { missing: { atMost: 0 }, duplicates: { atMost: 0 }, neverStored: { atMost: 0 }, slowestFailureMs: { atMost: 10_000 }, failed: { atLeast: 1 } },
  thresholdsAtFullSize: { slowestFailureMs: { atMost: 3000 } },
  async run({ seed, size, tell }) {
    const { deliveries, briefMs, ...planned } = sizes[size];
    await using bench = await redisBench();
    await using proxy = await tcpProxy(portOf(bench));
    await using web = await startWeb({ redisUrl: `redis://127.0.0.1:${proxy.port}`, port: await freePort() });
    const troubles = shuffled<Trouble>([...times<Trouble>(planned.redisCrashes, 'redis killed'), ...times<Trouble>(planned.webCrashes, 'web killed'), ...(['black hole', 'stopped', 'paused', 'refused'] as const).flatMap((kind) => times(planned.others, kind))], seededChance(seed));
    const client = await bench.connect();
    const sent: Sent[] = [];
    const ids = Array.from({ length: deliveries }, (_, index) => guid(`${seed}/${index}`));
    const perTrouble = Math.floor(deliveries / (troubles.length + 1));
    for (const trouble of troubles) {
      tell(`${trouble}, ${sent.length} of ${deliveries} sent`);
      sent.push(...(await sentDuring(trouble, ids.splice(0, perTrouble), { bench, proxy, web, client, briefMs })));
    }
    sent.push(...(await sendAll(web.port, ids)));
    await Promise.all([bench.server.crash(), web.crash()]);
    await until('Redis', async () => (await client.ping()) === 'PONG' || null, patience);
    const acknowledged = sent.filter(({ status }) => status === 202).map(({ id }) => id);
    const failed = sent.filter(({ status }) => status !== 202);
    const before = await storedDeliveries(client);
    const again = await sendAll(web.port, [...failed.map(({ id }) => id), ...acknowledged.filter((_, index) => index % 10 === 0)]);
    const after = await storedDeliveries(client);
    return {
      run: { deliveries: sent.length, redisKills: planned.redisCrashes + 1, webKills: planned.webCrashes + 1, otherOutages: 4 * planned.others },
      figures: {
        acknowledged: acknowledged.length,
        failed: failed.length,
        missing: acknowledged.filter((id) => !before.has(id)).length,
        slowestFailureMs: Math.round(Math.max(0, ...failed.map(({ ms }) => ms))),
        deliveredAgain: again.length,
        neverStored: sent.filter(({ id }) => !after.has(id)).length,
        duplicates: [...after.values()].filter((count) => count > 1).length,
      },
    };
  },
};

const patience = { withinMs: 60_000, everyMs: 20 };

type Trouble = 'redis killed' | 'web killed' | 'black hole' | 'stopped' | 'paused' | 'refused';

interface Stage {
  readonly bench: RedisBench;
  readonly proxy: TcpProxy;
  readonly web: WebProcess;
  readonly client: Redis;
  /** Of an outage in which commands may be answered late. */
  readonly briefMs: number;
}

interface Sent {
  readonly id: string;
  /** 0 when the connection broke: for GitHub that is a failure, too. */
  readonly status: number;
  readonly ms: number;
}

/** A third before it, a third at its beginning, a third after it has ended. */
async function sentDuring(trouble: Trouble, ids: readonly string[], stage: Stage): Promise<readonly Sent[]> {
  const { web, client } = stage;
  const third = Math.ceil(ids.length / 3);
  // A connection that is still being made anew is not the one that this trouble is about.
  await until('the web process is ready', async () => (await fetch(`http://127.0.0.1:${web.port}/readyz`)).ok || null, patience);
  const redisPid = Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1]);
  const before = sendAll(web.port, ids.slice(0, third));
  const ended = causes[trouble](stage, redisPid);
  const during = sendAll(web.port, ids.slice(third, 2 * third));
  const sent = [...(await before), ...(await during)];
  await ended;
  return [...sent, ...(await sendAll(web.port, ids.slice(2 * third)))];
}

/** Longer than a command may take, so that what is sent in it fails. */
const outageMs = 2200;

/** Each resolves when it is over. */
const causes: Readonly<Record<Trouble, (stage: Stage, redisPid: number) => Promise<unknown>>> = {
  'redis killed': ({ bench }) => bench.server.crash(),
  'web killed': ({ web }) => web.crash(),
  'black hole': async ({ proxy }) => {
    proxy.set('blackhole');
    await sleep(outageMs);
    proxy.set('pass');
  },
  refused: async ({ proxy }) => {
    proxy.set('refuse');
    await sleep(300);
    proxy.set('pass');
  },
  stopped: async ({ briefMs }, redisPid) => {
    process.kill(redisPid, 'SIGSTOP');
    await sleep(briefMs);
    process.kill(redisPid, 'SIGCONT');
  },
  paused: async ({ client, briefMs }) => {
    await client.call('CLIENT', 'PAUSE', String(briefMs), 'ALL');
    await sleep(briefMs);
  },
};

function sendAll(port: number, ids: readonly string[]): Promise<readonly Sent[]> {
  return Promise.all(ids.map((id) => send(port, id)));
}

async function send(port: number, id: string): Promise<Sent> {
  const body = JSON.stringify({ ref: 'refs/heads/main', deleted: false, installation: { id: 100 }, repository: { id: 7, default_branch: 'main' } });
  const began = performance.now();
  const status = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`, { method: 'POST', body, headers: { ...signed(body, webSecret), 'x-github-delivery': id, connection: 'close' } }).then((answer) => answer.status, () => 0);
  return { id, status, ms: performance.now() - began };
}

const entries = z.array(z.tuple([z.string(), z.array(z.string())]));
const caused = z.object({ causationId: z.string() });

/** How often each delivery's message is in the outbox. No worker runs, so nothing leaves it. */
async function storedDeliveries(client: Redis): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [, [, envelope = '']] of entries.parse(await client.xrange('{trueup}:outbox', '-', '+'))) {
    const { causationId } = caused.parse(JSON.parse(envelope));
    counts.set(causationId, (counts.get(causationId) ?? 0) + 1);
  }
  return counts;
}

function portOf({ server }: RedisBench): number {
  return Number(new URL(server.url).port);
}

function guid(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20, 32)].join('-');
}

function times<T>(count: number, value: T): readonly T[] {
  return Array.from({ length: count }, () => value);
}

function shuffled<T>(values: readonly T[], chance: () => number): readonly T[] {
  return values.map((value) => ({ value, at: chance() })).toSorted((a, b) => a.at - b.at).map(({ value }) => value);
}
