import type { Redis } from 'ioredis';
import type { Commit, CommitLog } from '../../kernel/delivery-ports.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { prefix } from './keys.ts';

const comparedKey = `${prefix}:compared`;
const gapKey = `${prefix}:webhook-gap`;

/** When what was looked at last, for whoever watches Trueup. Nothing is decided by it. */
export interface ResyncMarks {
  /** These are all there are: what is left of others is forgotten. */
  installations(ids: readonly number[]): Promise<void>;
  /** `oldestFailed` in milliseconds since the epoch, null when GitHub holds no failed delivery. What nobody refreshes for `staysMs` is unknown, not well. */
  sweptTo(oldestFailed: number | null, staysMs: number): Promise<void>;
  /** Milliseconds since the epoch; null when there is no repository. */
  oldestComparison(): Promise<number | null>;
  /** Undefined when nobody looked lately. */
  oldestFailedDelivery(): Promise<number | null | undefined>;
}

export function resyncMarks(redis: Redis): ResyncMarks {
  return {
    async installations(ids) {
      const known = await redis.zrange(comparedKey, '0', '-1');
      const gone = known.filter((member) => !ids.includes(installationOf(member)));
      if (gone.length > 0) await redis.zrem(comparedKey, ...gone);
    },
    async sweptTo(oldestFailed, staysMs) {
      await redis.set(gapKey, String(oldestFailed ?? ''), 'PX', String(staysMs));
    },
    async oldestComparison() {
      const [first] = await redis.zrange(comparedKey, '0', '0');
      const score = first === undefined ? null : await redis.zscore(comparedKey, first);
      return score === null ? null : Number(score);
    },
    async oldestFailedDelivery() {
      const text = await redis.get(gapKey);
      if (text === null) return undefined;
      return text === '' ? null : Number(text);
    },
  };
}

/** The same log; that a repository was compared with Git, and which repositories there are, is marked beside it. A mark that fails is left out. */
export function markingCommits(commits: CommitLog, redis: Redis, now: () => number): CommitLog {
  return {
    isApplied: (envelope, reaction) => commits.isApplied(envelope, reaction),
    async commit(commit) {
      const result = await commits.commit(commit);
      await mark(redis, commit, now()).catch(() => undefined);
      return result;
    },
  };
}

async function mark(redis: Redis, { applied, emits }: Commit, at: number): Promise<void> {
  if (applied === null) return;
  const { eventType, tenantId } = applied.envelope;
  if (eventType === 'SyncRepository') await redis.zadd(comparedKey, String(at), tenantId);
  if (eventType !== 'ResyncInstallation') return;
  const there: readonly TenantId[] = emits.map((envelope) => envelope.tenantId);
  const known = await redis.zrange(comparedKey, '0', '-1');
  const gone = known.filter((member) => installationOf(member) === installationOf(tenantId) && !there.some((one) => one === member));
  if (gone.length > 0) await redis.zrem(comparedKey, ...gone);
  // One that was never compared is as old as the first time it was named.
  for (const tenant of there) await redis.zadd(comparedKey, 'NX', String(at), tenant);
}

function installationOf(tenant: string): number {
  return Number(tenant.split('.', 1)[0]);
}
