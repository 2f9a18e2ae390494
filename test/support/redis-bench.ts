import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { connectRedis, waitForRedis, type Patience } from '../../src/adapters/redis/connection.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { startLocalRedis, type LocalRedis } from '../../src/local/redis/start.ts';

export interface RedisBench extends AsyncDisposable {
  readonly server: LocalRedis;
  /** A connection that ends with the bench. */
  connect(patience?: Patience): Promise<Redis>;
}

/** A private Redis with production's settings, in a folder of its own. */
export async function redisBench(): Promise<RedisBench> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-redis-'));
  const server = await startLocalRedis({ directory });
  const clients: Redis[] = [];
  return {
    server,
    async connect(patience = 'patient') {
      const client = connectRedis(new Secret(server.url), patience);
      clients.push(client);
      await waitForRedis(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
      await server[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** One for all tests of a file: there from its `beforeAll` on, and empty before each test. */
export function redisForFile(): Pick<RedisBench, 'server' | 'connect'> {
  let bench: RedisBench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  beforeEach(() => bench.server.empty());
  afterAll(() => bench[Symbol.asyncDispose]());
  return {
    get server() {
      return bench.server;
    },
    connect: (patience) => bench.connect(patience),
  };
}
