import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { portOf } from './adapters-bench.ts';

interface Losses {
  /** Part of the deliveries that never arrive, from 0 to 1. */
  readonly drop: number;
  /** Part of the others that arrive twice. */
  readonly double: number;
  /** Each is held up to so many milliseconds, so that later ones overtake it. */
  readonly delayMs: number;
}

export interface LossyWebhooks extends AsyncDisposable {
  /** For GitHub. */
  readonly url: string;
  set(losses: Losses): void;
  /** Sent by GitHub so far. `swallowed` were answered with 200, so that GitHub counts them as delivered; `failed` were cut. */
  readonly counts: { readonly passed: number; readonly doubled: number; readonly swallowed: number; readonly failed: number };
}

/** A network between GitHub and Trueup that loses, doubles and reorders webhooks. */
export async function lossyWebhooks(target: string, chance: () => number): Promise<LossyWebhooks> {
  let losses: Losses = { drop: 0, double: 0, delayMs: 0 };
  const counts = { passed: 0, doubled: 0, swallowed: 0, failed: 0 };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing).catch(() => outgoing.destroy()));

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // without an encoding a request brings buffers
    const body = Buffer.concat(chunks);
    if (chance() < losses.drop) return lose(outgoing);
    counts.passed += 1;
    await sleep(chance() * losses.delayMs);
    if (chance() < losses.double) {
      counts.doubled += 1;
      await forward(target, incoming, body);
    }
    outgoing.writeHead(await forward(target, incoming, body)).end();
  }

  function lose(outgoing: ServerResponse): void {
    if (chance() < 0.5) {
      counts.swallowed += 1;
      outgoing.writeHead(200).end();
    } else {
      counts.failed += 1;
      outgoing.destroy();
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}${new URL(target).pathname}`,
    set: (next) => void (losses = next),
    counts,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function forward(target: string, { headers }: IncomingMessage, body: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(target, { method: 'POST', headers: { ...headers, host: new URL(target).host } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 502));
    });
    sent.on('error', () => resolve(502));
    sent.end(body);
  });
}
