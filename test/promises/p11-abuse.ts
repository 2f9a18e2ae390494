import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { freePort } from '../../src/local/free-port.ts';
import { portOf } from '../support/adapters-bench.ts';
import { redisBench } from '../support/redis-bench.ts';
import { startWeb } from '../support/web-process.ts';
import type { Figures, PromiseProof } from './promise.ts';

const sizes = { short: { lanes: 60, seconds: 3 }, full: { lanes: 200, seconds: 60 } } as const;
const everyMs = 200;

export const p11: PromiseProof = {
  id: 'P11',
  promise: 'The public endpoint stands under abuse',
  how: 'A real web process takes 60 s of 200 parallel bad requests from a process of their own: 25 MiB bodies with and without a length, 600 MB, endless ones, to the webhook and to a probe, one byte a second, half a head, silence, no signature, a wrong one, compressed, broken JSON and JSON 100,000 levels deep with the right signature. Beside them a third process sends 5 good deliveries a second, each on a connection of its own; `bareServerP99Ms` is what the same bytes took at the same time to a server that does nothing, `mainThreadSeconds` what the web process\'s main thread ran, and `mainThreadWaitedSeconds` what it could have run and got no processor. Peak memory is what the kernel says of the process (VmHWM).',
  limits: 'Attackers share the two cores of one machine with the server, and its loopback carries more than most networks. More than 1,000 connections at a time are closed unheard, good ones too; good deliveries of megabytes may be answered 408 or 503 while others flood, and the sweep asks for them again.',
  thresholds: { peakMiB: { atMost: 256 }, goodLost: { atMost: 0 }, logBytesPerRejected: { atMost: 1024 }, crashes: { atMost: 0 } },
  thresholdsAtFullSize: { goodP99Ms: { atMost: 1000 } },
  async run({ seed, size, tell }) {
    const { lanes, seconds } = sizes[size];
    await using redis = await redisBench();
    await using web = await startWeb({ redisUrl: redis.server.url, port: await freePort() });
    await using bare = await bareServer();
    const pid = web.pid();
    const good = sendGood(web.port, bare.port);
    const abuse = await abused(web.port, lanes, seconds, seed);
    tell(JSON.stringify(abuse));
    const deliveries = await good.end();
    const eventLoop = processorOf(pid);
    const peakMiB = peakOf(pid);
    const client = await redis.connect();
    const kept = await client.exists(deliveries.map(({ id }) => `{trueup}:seen:${id}`));
    const refusals = web.lines.filter((line) => !line.includes('A webhook was taken in'));
    const rejected = refusals.filter((line) => line.includes('A webhook was refused')).length;
    return {
      run: { badRequests: abuse.requests, atATime: lanes, seconds, goodDeliveries: deliveries.length },
      figures: {
        peakMiB,
        goodP99Ms: Math.round(quantile(deliveries.map(({ ms }) => ms), 0.99)),
        goodP50Ms: Math.round(quantile(deliveries.map(({ ms }) => ms), 0.5)),
        bareServerP99Ms: Math.round(quantile(deliveries.map(({ bareMs }) => bareMs), 0.99)),
        ...eventLoop,
        goodLost: Math.max(deliveries.length - kept, deliveries.filter(({ status }) => status !== 202).length),
        logBytesPerRejected: Math.round(refusals.reduce((sum, line) => sum + line.length + 1, 0) / Math.max(1, rejected)),
        longestLogLine: Math.max(...refusals.map(({ length }) => length)),
        rejected,
        crashes: web.isRunning() && web.pid() === pid ? 0 : 1,
      },
    };
  },
};

const goodDeliveries = z.array(z.object({ id: z.string(), status: z.number(), ms: z.number(), bareMs: z.number() }));

interface GoodSender {
  /** Sends no more, and tells of all that was sent. */
  end(): Promise<z.infer<typeof goodDeliveries>>;
}

/** In a process of its own, which stands still for nobody else's work. */
function sendGood(port: number, barePort: number): GoodSender {
  const child = program('good-deliveries.ts', [port, barePort, everyMs]);
  return {
    end: async () => {
      child.stdin.end();
      return goodDeliveries.parse(await child.told);
    },
  };
}

interface BareServer extends AsyncDisposable {
  readonly port: number;
}

/** What it takes is what the machine takes. */
async function bareServer(): Promise<BareServer> {
  const server = createServer((request, response) => void request.resume().on('end', () => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const counted = z.object({ requests: z.number(), answers: z.record(z.string(), z.number()) });

async function abused(port: number, lanes: number, seconds: number, seed: number): Promise<z.infer<typeof counted>> {
  return counted.parse(await program('abuse.ts', [port, lanes, seconds, seed]).told);
}

interface Program {
  readonly stdin: Writable;
  /** The last line of its standard output. */
  readonly told: Promise<unknown>;
}

function program(name: string, values: readonly number[]): Program {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support', name), ...values.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
  return { stdin: child.stdin, told: text(child.stdout).then((all) => JSON.parse(all.trimEnd().split('\n').at(-1) ?? '')) };
}

/** @throws where the kernel keeps no record of it. */
function peakOf(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

/** Of its main thread, since it began; nothing where the kernel keeps no record of it. */
function processorOf(pid: number): Figures {
  const file = `/proc/${pid}/schedstat`;
  if (!existsSync(file)) return {};
  const [ran = 0, waited = 0] = readFileSync(file, 'utf8').split(' ').map((nanoseconds) => Math.round(Number(nanoseconds) / 1e8) / 10);
  return { mainThreadSeconds: ran, mainThreadWaitedSeconds: waited };
}

function quantile(values: readonly number[], of: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(of * sorted.length))] ?? Number.NaN;
}
