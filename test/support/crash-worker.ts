import { connectRedis, waitForRedis } from '../../src/adapters/redis/connection.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { reaction } from '../../src/kernel/context.ts';
import { emit } from '../../src/kernel/envelope.ts';
import { done } from '../../src/kernel/outcome.ts';
import { jobsBench } from './jobs-bench.ts';

/** A worker process that never gets further than the middle of a reaction: `node crash-worker.ts <redis url>`. */
const [, , url = ''] = process.argv;

async function connect() {
  const client = connectRedis(new Secret(url), 'patient');
  await waitForRedis(client);
  return client;
}

const story = await connect();
await jobsBench({ connect }, [
  reaction({
    on: 'SyncRepository',
    name: 'when-sync',
    writes: () => 'env',
    async handle({ tenantId }) {
      await story.rpush('story', 'begun');
      await new Promise(() => undefined);
      return done([], [emit('RepositorySynced', tenantId, { commit: 'a'.repeat(40), environments: [] })]);
    },
  }),
]);
