import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { auditedWrites } from './adapters/audit/audited-writes.ts';
import type { WriteGate } from './adapters/audit/write-gate.ts';
import { redisAuditLog } from './adapters/redis/audit-log.ts';
import type { connectRedis } from './adapters/redis/connection.ts';
import { redisOrigins } from './adapters/redis/origins.ts';
import type { AuditedWrites } from './kernel/audit.ts';
import { scheduledOrigin } from './kernel/envelope.ts';
import type { Clock, Ids } from './kernel/ports.ts';

export interface Auditing {
  readonly writes: AuditedWrites;
  readonly gate: WriteGate;
  /** Names of everything that begins traces by the clock. */
  knowSchedules(names: readonly string[]): void;
  /** What a schedule writes itself, outside of any message. */
  bySchedule<T>(name: string, policy: string, run: () => Promise<T>): Promise<T>;
}

interface AuditingOptions {
  /** Patient: a write that was made waits for Redis until its end is kept. */
  readonly redis: ReturnType<typeof connectRedis>;
  /** Entries of a tenant. */
  readonly mostKept: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The audit of a process that writes. */
export function auditing({ redis, mostKept, clock, log }: AuditingOptions): Auditing {
  const ids: Ids = { uuid: randomUUID };
  let schedules: readonly string[] = [];
  const { gate, within } = auditedWrites({
    append: redisAuditLog(redis, mostKept),
    origin: redisOrigins(redis, () => schedules),
    clock,
    ids,
    tell: (write) => log.info(write, 'Written'),
    onLost: (error) => log.error({ err: error }, 'The end of a write could not be kept in the audit'),
  });
  return {
    writes: { within },
    gate,
    knowSchedules: (names) => void (schedules = names),
    bySchedule: (name, policy, run) => {
      const { traceId } = scheduledOrigin(name, ids);
      return within({ tenantId: 'app', environment: null, traceId, eventId: '', reaction: `schedules/${name}`, commit: null, policy }, () => undefined, run);
    },
  };
}
