// A program that abuses a web endpoint: `abuse.ts <port> <lanes> <seconds> <seed>`. Each lane sends one bad request after the other; the last line of standard output counts what came back.
import { createHmac, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededChance } from './chance.ts';
import { webSecret } from './web-process.ts';

const [, , port, lanes, seconds, seed] = process.argv.map(Number);
if (port === undefined || lanes === undefined || seconds === undefined || seed === undefined) throw new Error('expected: abuse.ts <port> <lanes> <seconds> <seed>');

const limit = 25 * 2 ** 20;
const piece = Buffer.alloc(64 * 1024, 0x20);
const end = performance.now() + seconds * 1000;
const chance = seededChance(seed);

interface Head {
  readonly body?: string;
  readonly secret?: string | null;
  readonly more?: readonly string[];
  readonly length?: number | null;
  readonly path?: string;
}

function head({ body = '', secret = 'another secret', more = [], length = Buffer.byteLength(body), path = '/api/github/webhooks' }: Head): string {
  const signature = secret === null ? [] : [`X-Hub-Signature-256: sha256=${createHmac('sha256', secret).update(body).digest('hex')}`];
  const size = length === null ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  return [`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', 'X-GitHub-Event: push', `X-GitHub-Delivery: ${randomUUID()}`, ...signature, size, ...more].join('\r\n') + '\r\n\r\n';
}

const whole = (given: Head & { readonly body: string }) => async (socket: Socket): Promise<void> => void socket.write(`${head(given)}${given.body}`);

/** As fast as it is taken, until it is all sent or nobody listens any more. */
async function pour(socket: Socket, bytes: number, chunked: boolean): Promise<void> {
  const frame = chunked ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]) : piece;
  for (let sent = 0; sent < bytes && socket.writable; sent += piece.length) {
    const part = chunked ? frame : frame.subarray(0, Math.min(piece.length, bytes - sent));
    if (!socket.write(part)) await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('drain', go).off('close', go);
        resolve();
      };
      socket.on('drain', go).on('close', go);
    });
  }
  if (chunked && socket.writable) socket.write('0\r\n\r\n');
}

const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

/** What each bad request writes. */
const kinds: Readonly<Record<string, (socket: Socket) => Promise<void>>> = {
  unsigned: whole({ body: '{}', secret: null }),
  'wrong signature': whole({ body: '{"ref":"refs/heads/main"}' }),
  'broken JSON': whole({ body: '{"ref":', secret: webSecret }),
  'deep JSON': whole({ body: deep, secret: webSecret }),
  'deep array': whole({ body: deep.slice(5, -1), secret: webSecret }),
  gzip: whole({ body: '{}', secret: webSecret, more: ['Content-Encoding: gzip'] }),
  '600 MB, declared': async (socket) => {
    socket.write(head({ length: 600 * 2 ** 20 }));
    await pour(socket, 600 * 2 ** 20, false);
  },
  '25 MiB': async (socket) => {
    socket.write(head({ length: limit }));
    await pour(socket, limit, false);
  },
  'chunks without a length': async (socket) => {
    socket.write(head({ length: null }));
    await pour(socket, limit, true);
  },
  endless: async (socket) => {
    socket.write(head({ length: null }));
    await pour(socket, Number.POSITIVE_INFINITY, true);
  },
  'endless, to a probe': async (socket) => {
    socket.write(head({ length: null, path: '/livez' }));
    await pour(socket, Number.POSITIVE_INFINITY, true);
  },
  'a byte a second': async (socket) => {
    socket.write(head({ length: 1000 }));
    while (socket.writable && performance.now() < end) {
      socket.write(' ');
      await sleep(1000);
    }
  },
  'half a head': async (socket) => void socket.write('POST /api/github/webhooks HTTP/1.1\r\nHost: x\r\nX-A: '),
  silence: async () => undefined,
};

const answers: Record<string, number> = {};
let requests = 0;

async function attack(name: string, write: (socket: Socket) => Promise<void>): Promise<void> {
  let answer = '';
  const socket = connect(port ?? 0, '127.0.0.1');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const late = setTimeout(() => socket.destroy(), 15_000);
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer = `${answer}${text}`.slice(0, 500);
    if (/\r\n\r\n./s.test(answer)) setTimeout(() => socket.destroy(), 100);
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
  requests += 1;
  await write(socket);
  await Promise.race([closed, sleep(Math.max(0, end - performance.now()))]);
  clearTimeout(late);
  socket.destroy();
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 'none';
  answers[`${name}: ${status}`] = (answers[`${name}: ${status}`] ?? 0) + 1;
}

async function lane(): Promise<void> {
  const names = Object.keys(kinds);
  while (performance.now() < end) {
    const name = names[Math.floor(chance() * names.length)] ?? '';
    const write = kinds[name];
    if (write) await attack(name, write);
  }
}

await Promise.all(Array.from({ length: lanes }, lane));
process.stdout.write(`${JSON.stringify({ requests, answers })}\n`, () => process.exit(0));
