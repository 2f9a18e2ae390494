import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisOutbox } from '../../src/adapters/redis/outbox.ts';
import { emit, scheduledOrigin, seal } from '../../src/kernel/envelope.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import type { Shop } from './shop-seen.ts';

/** What a schedule would say at its next turn, at once: its own turn is a minute or more away. */
export async function turn(redis: Redis, { repository: { installationId, id } }: Shop, type: 'ScanDrift' | 'FollowActivity', environment = 'dev'): Promise<void> {
  const clock = { now: () => Date.now() };
  const message = emit(type, tenantId(installationId, id, 'contoso'), { environment });
  const envelope = seal(message, scheduledOrigin(type === 'ScanDrift' ? 'drift-detection/scan-drift' : 'drift-detection/follow-activity', { uuid: randomUUID }), randomUUID(), clock);
  const outbox = redisOutbox(redis, redis, { consumer: 'nobody', onUnreadable: () => undefined, takeOverAfterMs: 60_000 });
  await outbox.append([{ envelope, delayMs: 0 }]);
}
