/** GitHub's figure for an installation of an Enterprise Cloud organization. */
const perHour = 15_000;
const hour = 3_600_000;

export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

export interface RateLimits {
  /** Not allowed when the hour is used up. */
  use(who: string): { readonly allowed: boolean; readonly now: RateLimit };
  /** A 304 costs nothing. */
  giveBack(who: string): void;
}

export function rateLimits(now: () => number): RateLimits {
  const windows = new Map<string, { used: number; reset: number }>();
  const windowOf = (who: string) => {
    const current = windows.get(who);
    if (current && current.reset * 1000 > now()) return current;
    const fresh = { used: 0, reset: Math.ceil((now() + hour) / 1000) };
    windows.set(who, fresh);
    return fresh;
  };
  return {
    use(who) {
      const window = windowOf(who);
      const allowed = window.used < perHour;
      if (allowed) window.used += 1;
      return { allowed, now: { limit: perHour, remaining: perHour - window.used, used: window.used, reset: window.reset } };
    },
    giveBack(who) {
      windowOf(who).used -= 1;
    },
  };
}

export function rateLimitHeaders({ limit, remaining, used, reset }: RateLimit): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': 'core',
  };
}
