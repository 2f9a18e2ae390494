import type { Redis } from 'ioredis';
import { entriesIn, readAudit } from '../../src/adapters/redis/audit-log.ts';
import { outboxKey } from '../../src/adapters/redis/keys.ts';
import { until } from '../../src/cli/demo/until.ts';
import { queuePrefix } from '../../src/jobs/settings.ts';
import { tenantId, tenantIn } from '../../src/kernel/ids.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';

interface Message {
  /** Key of its job. */
  readonly job: string;
  readonly envelope: Readonly<Record<string, unknown>>;
}

/** By the id of the request that it made: the audit was told before that left. */
async function messageOf(redis: Redis, { installationId, id }: LocalRepository, clientRequestId: string): Promise<Message> {
  const tenants = [tenantId(installationId, id), tenantIn(tenantId(installationId, id), 'contoso')];
  return until('the message of a write', async () => {
    const audits = await Promise.all(tenants.map((tenant) => readAudit(redis, tenant)));
    const begun = audits.flatMap(entriesIn).find((entry) => entry.phase === 'begun' && entry.clientRequestId === clientRequestId);
    if (begun?.phase !== 'begun') return null;
    const [context = '', reaction = ''] = begun.reaction.split('/');
    const job = `${queuePrefix}:${context}:${begun.eventId}.${reaction}`;
    const data = await redis.hget(job, 'data');
    if (data === null) return null;
    // Written by src/jobs/queues.ts: an object with the envelope.
    return { job, envelope: (JSON.parse(data) as { envelope: Message['envelope'] }).envelope };
  }, { withinMs: 20_000, everyMs: 20 });
}

const isOver = async (redis: Redis, job: string): Promise<true | null> => ((await redis.exists(job)) === 0 || (await redis.hexists(job, 'finishedOn')) === 1 ? true : null);

/**
 * Delivers the message of a write again after it was dealt with, once as it was and once under an id of its own, and waits for both. A job
 * that is kept for people to look at would absorb the first, and goes away: queues keep few of them.
 */
export async function deliverAgain(redis: Redis, repository: LocalRepository, clientRequestId: string, newId: string): Promise<void> {
  const { job, envelope } = await messageOf(redis, repository, clientRequestId);
  const patience = { withinMs: 240_000, everyMs: 50 };
  await until('the end of the first delivery', () => isOver(redis, job), patience);
  await redis.del(job);
  const eventId = String(envelope['eventId']);
  for (const id of [eventId, newId]) {
    const entry = await redis.xadd(outboxKey, '*', 'envelope', JSON.stringify({ ...envelope, eventId: id }), 'delay', '0');
    await until('the relay', async () => ((await redis.xrange(outboxKey, entry ?? '-', entry ?? '-')).length === 0 ? true : null), patience);
    await until('the end of a delivery made again', () => isOver(redis, job.replace(eventId, id)), patience);
  }
}
