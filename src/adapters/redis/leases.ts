import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Lease, Leases } from '../../kernel/delivery-ports.ts';
import { leaseKey } from './keys.ts';

/**
 * KEYS: lease. ARGV: token, milliseconds. A token is never used twice, also after Redis was emptied: commits compare it, which is the
 * fence. Asked again with its own token, because a command whose answer was lost is sent again.
 */
const acquireScript = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;
const renewScript = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const releaseScript = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

interface LeaseOptions {
  readonly ttlMs: number;
  readonly renewEveryMs: number;
  /** A write that starts later than this before the end might finish after it. */
  readonly marginMs: number;
}

/** Of a dead worker, the lease ends before its job is taken up again, which is `lockMs` later: 30 s of 60, with 8 s of margin. */
export function leaseOf(lockMs: number): LeaseOptions {
  return { ttlMs: lockMs / 2, renewEveryMs: lockMs / 6, marginMs: (lockMs * 2) / 15 };
}

/** @see Leases. Held time is measured from before the renewal was sent, by the monotonic clock: a paused process knows that it lost. */
export function redisLeases(redis: Redis, options: LeaseOptions = leaseOf(60_000)): Leases {
  return {
    async acquire(key) {
      const sentAt = performance.now();
      const token = randomUUID();
      const acquired = await redis.eval(acquireScript, 1, leaseKey(key), token, String(Math.round(options.ttlMs)));
      return acquired === 1 ? heldLease(redis, { key, token }, sentAt, options) : null;
    },
  };
}

function heldLease(redis: Redis, proof: Lease['proof'], sentAt: number, { ttlMs, renewEveryMs, marginMs }: LeaseOptions): Lease {
  const lost = new AbortController();
  const key = leaseKey(proof.key);
  let safeUntil = sentAt + ttlMs - marginMs;
  let deadline = armed();

  function armed(): NodeJS.Timeout {
    return setTimeout(() => lost.abort(), safeUntil - performance.now()).unref();
  }

  async function renew(): Promise<void> {
    const askedAt = performance.now();
    const renewed = await redis.eval(renewScript, 1, key, proof.token, String(Math.round(ttlMs))).catch(() => null);
    if (renewed === 0) lost.abort();
    if (renewed !== 1) return;
    safeUntil = askedAt + ttlMs - marginMs;
    clearTimeout(deadline);
    deadline = armed();
  }
  const renewing = setInterval(() => void renew(), renewEveryMs).unref();

  return {
    proof,
    signal: lost.signal,
    isSafelyHeld() {
      // The timer may come later than the clock says: who asks first ends it for all, and no late renewal brings it back.
      if (performance.now() >= safeUntil) lost.abort();
      return !lost.signal.aborted;
    },
    async release() {
      clearInterval(renewing);
      clearTimeout(deadline);
      // One that cannot be released ends by itself after its time.
      await redis.eval(releaseScript, 1, key, proof.token).catch(() => undefined);
    },
  };
}
