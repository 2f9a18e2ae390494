import type { Redis } from 'ioredis';
import type { GaugeSource } from '../../kernel/telemetry.ts';
import { outboxKey } from './keys.ts';
import type { ResyncMarks } from './resync-marks.ts';

/** Whether Redis itself is well. `redis` must fail fast. Where INFO is not allowed only the answer is known. */
export function redisGauges(redis: Redis): GaugeSource {
  return {
    gauges: ['trueup_redis_write_ok', 'trueup_redis_memory_ratio', 'trueup_outbox_waiting'],
    async read(telemetry) {
      const [waiting, persistence, memory] = await Promise.all([redis.xlen(outboxKey), redis.info('persistence').catch(() => ''), redis.info('memory').catch(() => '')]);
      telemetry.set('trueup_outbox_waiting', {}, waiting);
      const written = field(persistence, 'aof_last_write_status');
      if (written !== null) telemetry.set('trueup_redis_write_ok', {}, written === 'ok' ? 1 : 0);
      const [used, most] = [Number(field(memory, 'used_memory') ?? Number.NaN), Number(field(memory, 'maxmemory') ?? Number.NaN)];
      if (!Number.isNaN(used + most)) telemetry.set('trueup_redis_memory_ratio', {}, most === 0 ? 0 : used / most);
    },
  };
}

/** 1 or 0, never missing. */
export function redisAnswers(redis: Redis, withinMs: number): GaugeSource {
  return {
    gauges: [],
    async read(telemetry) {
      const late = new Promise<number>((resolve) => setTimeout(() => resolve(0), withinMs).unref());
      telemetry.set('trueup_redis_answers', {}, await Promise.race([redis.ping().then(() => 1, () => 0), late]));
    },
  };
}

/** What the resync and the sweep found, in whichever process they ran. */
export function resyncGauges(marks: ResyncMarks, now: () => number): GaugeSource {
  return {
    gauges: ['trueup_resync_age_seconds', 'trueup_webhook_gap_seconds'],
    async read(telemetry) {
      const [compared, failed] = await Promise.all([marks.oldestComparison(), marks.oldestFailedDelivery()]);
      if (compared !== null) telemetry.set('trueup_resync_age_seconds', {}, Math.max(0, now() - compared) / 1000);
      if (failed !== undefined) telemetry.set('trueup_webhook_gap_seconds', {}, failed === null ? 0 : Math.max(0, now() - failed) / 1000);
    },
  };
}

function field(info: string, name: string): string | null {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
}
