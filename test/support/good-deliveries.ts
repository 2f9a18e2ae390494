// A program that delivers as GitHub does: `good-deliveries.ts <port> <bare port> <every ms>`, until its standard input ends. The last line of standard output tells of each delivery, as `goodDelivery` reads it.
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { signed } from './intake-bench.ts';
import { webSecret } from './web-process.ts';

const [, , port, barePort, everyMs] = process.argv.map(Number);
if (port === undefined || barePort === undefined || everyMs === undefined) throw new Error('expected: good-deliveries.ts <port> <bare port> <every ms>');

interface Answered {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly ms: number;
}

/** GitHub's own patience. */
const answeredWithinMs = 10_000;

function post(to: number, body: string, headers: Readonly<Record<string, string>>): Promise<Answered> {
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (status: number): void => resolve({ status, ms: performance.now() - began });
    const sending = request({ host: '127.0.0.1', port: to, path: '/api/github/webhooks', method: 'POST', headers, agent: false, signal: AbortSignal.timeout(answeredWithinMs) }, (response) => {
      response.resume().once('end', () => end(response.statusCode ?? 0)).once('error', () => end(0));
    });
    sending.once('error', () => end(0)).end(body);
  });
}

/** To Trueup, and the same bytes at the same time to a server that does nothing. */
async function deliver(to: number, bare: number): Promise<object> {
  const id = randomUUID();
  const body = JSON.stringify({ ref: 'refs/heads/main', deleted: false, installation: { id: 100 }, repository: { id: 7, default_branch: 'main' }, padding: 'x'.repeat(10_000) });
  const headers = { ...signed(body, webSecret), 'x-github-delivery': id, 'content-length': String(body.length) };
  const [{ status, ms }, { ms: bareMs }] = await Promise.all([post(to, body, headers), post(bare, body, headers)]);
  return { id, status, ms, bareMs };
}

const end = new AbortController();
process.stdin.resume().once('end', () => end.abort());
const sent: Promise<object>[] = [];
while (!end.signal.aborted) {
  sent.push(deliver(port, barePort));
  await sleep(everyMs);
}
process.stdout.write(`${JSON.stringify(await Promise.all(sent))}\n`, () => process.exit(0));
