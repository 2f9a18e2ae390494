import { HttpProblem } from '../problem.ts';
import type { Actor, World } from '../world.ts';

/** Whom the limits count a request against: all tokens of an installation together, and all of a person. */
export interface Caller {
  readonly key: string;
  /** As the message of the limit names it. */
  readonly name: string;
  readonly perHour: number;
}

const grows = { by: 50, above: 20, most: 12_500 };

export function callerOf(world: World, actor: Actor): Caller {
  const { limits } = world;
  if (actor.kind === 'app') return { key: 'app', name: 'this App', perHour: limits.personPerHour };
  if (actor.kind === 'anonymous') return { key: 'anonymous', name: '127.0.0.1', perHour: limits.anonymousPerHour };
  if (actor.kind === 'person') return { key: `user ${actor.account.id}`, name: `user ID ${actor.account.id}`, perHour: limits.personPerHour };
  const { id, repositories } = actor.installation;
  const more = (count: number): number => grows.by * Math.max(0, count - grows.above);
  const grown = limits.installationPerHour + more(repositories.size) + more(world.members.size);
  return { key: `installation ${id}`, name: `installation ID ${id}`, perHour: Math.min(grown, Math.max(grows.most, limits.installationPerHour)) };
}

export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Seconds since the epoch. */
  readonly reset: number;
}

/** The primary limit: so many requests an hour, from the first one on. */
export interface RateLimits {
  /** Not allowed when the hour is used up. */
  use(caller: Caller): { readonly allowed: boolean; readonly now: RateLimit };
  /** A 304 costs nothing. */
  giveBack(caller: Caller): RateLimit;
}

const hour = 3_600_000;

export function rateLimits(now: () => number): RateLimits {
  const windows = new Map<string, { used: number; readonly reset: number }>();
  const windowOf = (key: string) => {
    const current = windows.get(key);
    if (current && current.reset * 1000 > now()) return current;
    const fresh = { used: 0, reset: Math.ceil((now() + hour) / 1000) };
    windows.set(key, fresh);
    return fresh;
  };
  const stateOf = ({ key, perHour }: Caller): RateLimit => {
    const { used, reset } = windowOf(key);
    return { limit: perHour, remaining: Math.max(0, perHour - used), used, reset };
  };
  return {
    use(caller) {
      const window = windowOf(caller.key);
      const allowed = window.used < caller.perHour;
      if (allowed) window.used += 1;
      return { allowed, now: stateOf(caller) };
    },
    giveBack(caller) {
      windowOf(caller.key).used -= 1;
      return stateOf(caller);
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

/** 403, as GitHub answers it to this day; its pages allow 429 too. https://github.com/NixOS/nixpkgs/issues/413832 */
export function rateLimitExceeded({ key, name }: Caller): HttpProblem {
  const goodNews = " (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)";
  const page = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api';
  return new HttpProblem(403, `API rate limit exceeded for ${name}.${key === 'anonymous' ? goodNews : ''}`, { documentation_url: page });
}
