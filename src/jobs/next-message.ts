import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { isWakeable, type JobData } from './queues.ts';
import { queuePrefix } from './settings.ts';

/**
 * A message that came while this older one of its key was running is kept until the older one ends. When that one is put off instead,
 * it must not hold up the news: it is woken, once for each newer message. Where BullMQ 6.7 keeps the newer one is its own business;
 * latest-wins.test.ts fails when the place changes.
 */
export async function wakeForNext(redis: Redis, job: Job<JobData>): Promise<void> {
  if (job.deduplicationId === undefined || !isWakeable(job.data)) return;
  const next = await redis.hget(`${queuePrefix}:${job.queueName}:dn:${job.deduplicationId}`, 'jid');
  if (next === null || next === job.data.wokenBy) return;
  await job.updateData({ ...job.data, wokenBy: next });
  await job.promote();
}
