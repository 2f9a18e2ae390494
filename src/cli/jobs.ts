import { Command, InvalidArgumentError, Option } from 'commander';
import type * as DeadLetters from '../jobs/dead-letters.ts';
import type { ListedJob, ListedState } from '../jobs/dead-letters.ts';
import type { Queues } from '../jobs/queues.ts';
import type { CrashLog } from '../kernel/delivery-ports.ts';
import { redisAddress } from './redis-address.ts';

interface ListOptions {
  readonly redis?: string;
  readonly state: ListedState;
  readonly limit: number;
  readonly json?: boolean;
}

const states = ['failed', 'delayed', 'waiting', 'active', 'completed'] as const satisfies readonly ListedState[];

/** `trueup jobs`: what waits, and the dead letters with the reason. */
export function jobsCommand(): Command {
  return new Command('jobs')
    .description('List jobs, dead letters first of all; `trueup jobs retry ID` delivers one again')
    .addOption(new Option('--state <state>', 'which ones').choices(states).default('failed', 'failed: the dead letters'))
    .option('--limit <n>', 'at most this many of each queue', positive, 20)
    .option('--json', 'one JSON line per job')
    .option('--redis <url>', 'instead of REDIS_URL')
    .action((options: ListOptions) => list(options))
    .addCommand(
      new Command('retry')
        .description('Deliver a dead letter again')
        .argument('<id>', 'as the list shows it')
        .option('--redis <url>', 'instead of REDIS_URL')
        .action((id: string, { redis }: { readonly redis?: string }, command: Command) => retry(id, redis ?? (command.parent?.opts()['redis'] as string | undefined))),
    );
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number from 1 on');
  return number;
}

async function list({ redis, state, limit, json }: ListOptions): Promise<void> {
  await withQueues(redis, async (queues, { listJobs }) => {
    const jobs = await listJobs(queues, [state], limit);
    if (json) return jobs.forEach((job) => console.log(JSON.stringify(job)));
    if (jobs.length === 0) return console.log(`no ${state} jobs`);
    jobs.forEach(show);
  });
}

function show({ id, queue, reaction, eventType, tenantId, environment, traceId, publishedAt, deliveries, reason }: ListedJob): void {
  console.log(`${publishedAt}  ${queue}/${reaction}  ${eventType}  ${tenantId}${environment === null ? '' : ` ${environment}`}  ${deliveries} deliveries`);
  console.log(`  ${id}  ${traceId}`);
  if (reason) console.log(`  ${reason}`);
}

async function retry(id: string, redis: string | undefined): Promise<void> {
  await withQueues(redis, async (queues, { retryJob }, crashes) => {
    const found = await retryJob(queues, crashes, id);
    console.log(found ? `${id} is delivered again` : `there is no dead letter ${id}; \`trueup jobs\` lists them`);
    if (!found) process.exitCode = 1;
  });
}

async function withQueues(url: string | undefined, use: (queues: Queues, letters: typeof DeadLetters, crashes: CrashLog) => Promise<void>): Promise<void> {
  const address = redisAddress(url, process.env);
  const { connectRedis, waitForRedis } = await import('../adapters/redis/connection.ts');
  const { redisCrashLog } = await import('../adapters/redis/crash-log.ts');
  const { openQueues } = await import('../jobs/queues.ts');
  const redis = connectRedis(address, 'fail-fast');
  try {
    await waitForRedis(redis, 3000);
    await using queues = openQueues(redis);
    await use(queues, await import('../jobs/dead-letters.ts'), redisCrashLog(redis));
  } finally {
    redis.disconnect();
  }
}
