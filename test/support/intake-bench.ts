import { createHmac, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { probotOf } from '../../src/adapters/github/client.ts';
import { connectRedis, waitForRedis } from '../../src/adapters/redis/connection.ts';
import { redisInbox } from '../../src/adapters/redis/inbox.ts';
import { githubApp } from '../../src/handlers/github-app.ts';
import { webhookIntake } from '../../src/handlers/intake.ts';
import type { BodyLimits } from '../../src/handlers/read-body.ts';
import { startServer, webhookPath } from '../../src/handlers/server.ts';
import type { Inbox } from '../../src/kernel/delivery-ports.ts';
import { shapesOnly } from '../../src/kernel/scrubbing/scrubber.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { silent, type Telemetry } from '../../src/kernel/telemetry.ts';
import { openLog } from '../../src/log.ts';
import { privateKey } from './app-key.ts';
import { redisForFile } from './redis-bench.ts';

export const secrets = ['a current webhook secret 0123456789', 'a previous webhook secret 0123456789'] as const;
export const appId = 421;

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

export interface IntakeBench extends AsyncDisposable {
  readonly port: number;
  /** What was logged, a line each. */
  readonly lines: string[];
  /** A POST; a header of null is left out. */
  post(body: string | Uint8Array | readonly (string | Uint8Array)[], headers?: Readonly<Record<string, string | null>>, more?: { readonly method?: string; readonly path?: string }): Promise<Answer>;
  /** Bytes as they are, and what came back. */
  raw(text: string): Promise<string>;
}

export function signed(body: string | Uint8Array, secret: string = secrets[0]): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
}

interface IntakeOptions {
  readonly limits?: BodyLimits;
  readonly inbox?: Inbox;
  readonly answerWithinMs?: number;
  readonly telemetry?: Telemetry;
}

/** The whole way in: server, intake, the real Probot, handlers, Redis. */
export async function intakeBench(redisUrl: string, { limits, inbox, answerWithinMs, telemetry = silent }: IntakeOptions = {}): Promise<IntakeBench> {
  const lines: string[] = [];
  const log = openLog('info', 'web', shapesOnly.to('log'), { write: (line) => void lines.push(line) });
  const redis: Redis = connectRedis(new Secret(redisUrl), 'fail-fast');
  await waitForRedis(redis);
  const probot = probotOf({ appId, privateKey: new Secret(privateKey), secret: new Secret<string>(secrets[0]), apiUrl: 'http://127.0.0.1:9', throttle: false, scrubber: shapesOnly.to('github'), onToken: () => undefined, log: log.child({ part: 'probot' }, { level: 'warn' }) });
  await probot.auth();
  await probot.load(githubApp({ inbox: inbox ?? redisInbox(redis), ids: { uuid: randomUUID }, clock: { now: () => Date.now() }, appId, telemetry, log }));
  const receive = ({ id, event, payload }: { id: string; event: string; payload: object }) => probot.receive({ id, name: event, payload } as unknown as Parameters<typeof probot.receive>[0]); // as src/app.ts does
  const intake = webhookIntake({ secrets: secrets.map((secret) => new Secret<string>(secret)), receive, log, telemetry, ...(limits && { limits }), ...(answerWithinMs !== undefined && { answerWithinMs }) });
  const server = await startServer({ intake, metrics: null, scrubber: shapesOnly.to('http'), notAlive: () => null, notReady: async () => null, host: '127.0.0.1', port: 0 });
  return {
    port: server.port,
    lines,
    post: (body, headers = {}, more = {}) => post(server.port, body, headers, more),
    raw: (text) => raw(server.port, text),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await server[Symbol.asyncDispose]();
    },
  };
}

export interface FileIntake extends Pick<IntakeBench, 'port' | 'lines' | 'post' | 'raw'> {
  readonly redis: ReturnType<typeof redisForFile>;
  /** Another connection than the intake's own. */
  readonly client: Redis;
  /** Messages that wait in the outbox. */
  stored(): Promise<number>;
}

/** One for all tests of a file, with a Redis of its own: before each test Redis is empty, and nothing is logged. */
export function intakeForFile(): FileIntake {
  const redis = redisForFile();
  let client: Redis;
  let bench: IntakeBench;
  beforeAll(async () => {
    client = await redis.connect();
    bench = await intakeBench(redis.server.url);
  });
  afterAll(() => bench[Symbol.asyncDispose]());
  beforeEach(() => {
    bench.lines.length = 0;
  });
  return {
    redis,
    get client() {
      return client;
    },
    get port() {
      return bench.port;
    },
    get lines() {
      return bench.lines;
    },
    post: (...given) => bench.post(...given),
    raw: (text) => bench.raw(text),
    stored: () => client.xlen('{trueup}:outbox'),
  };
}

function post(port: number, body: Parameters<IntakeBench['post']>[0], given: Readonly<Record<string, string | null>>, { method = 'POST', path = webhookPath }: { readonly method?: string; readonly path?: string }): Promise<Answer> {
  const chunks = typeof body === 'string' || body instanceof Uint8Array ? [body] : body;
  const headers = Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null));
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, ms: performance.now() - started }));
    });
    request.on('error', reject);
    for (const chunk of chunks) request.write(chunk);
    request.end();
  });
}

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
