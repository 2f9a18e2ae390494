import type { Limits } from '../limits.ts';
import { HttpProblem } from '../problem.ts';
import type { Caller } from './rate-limit.ts';

/**
 * What GitHub documents beside the hourly limit. Its pages leave two readings open, and the stricter one of each is taken here: the
 * points are those of all endpoints together, and content is whatever a POST or PUT makes in a repository.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export interface SecondaryLimits {
  /** @throws 403; else call what it returns when the request is answered. */
  begin(caller: Caller, request: Pick<Request, 'method'> & { readonly path: string }): () => void;
}

interface Spent {
  readonly at: number;
  readonly points: number;
  readonly content: boolean;
}

/** Oldest first. */
interface Windows {
  /** Of the last minute. */
  readonly minute: Spent[];
  /** What made content in the last hour: thousands, which is why nothing goes through all of it for each request. */
  readonly content: Pick<Spent, 'at'>[];
  underWay: number;
}

const minute = 60_000;
const hour = 3_600_000;

export function secondaryLimits(limits: Limits, now: () => number): SecondaryLimits {
  const windowsOf = new Map<string, Windows>();

  function refuse(spent: Windows, next: Spent): void {
    const points = spent.minute.reduce((sum, each) => sum + each.points, next.points);
    if (points > limits.pointsPerMinute) throw secondaryLimitExceeded(secondsUntilFree(spent.minute, minute, next.at));
    if (!next.content) return;
    const contentOfMinute = spent.minute.filter(({ content }) => content);
    if (contentOfMinute.length >= limits.contentPerMinute) throw secondaryLimitExceeded(secondsUntilFree(contentOfMinute, minute, next.at), blocked);
    if (spent.content.length >= limits.contentPerHour) throw secondaryLimitExceeded(secondsUntilFree(spent.content, hour, next.at), blocked);
  }

  return {
    begin({ key }, { method, path }) {
      const spent = windowsOf.get(key) ?? { minute: [], content: [], underWay: 0 };
      windowsOf.set(key, spent);
      if (spent.underWay >= limits.concurrent) throw secondaryLimitExceeded(null);
      const next = { at: now(), points: pointsOf(method), content: isContent(method, path) };
      dropUntil(spent.minute, next.at - minute);
      dropUntil(spent.content, next.at - hour);
      refuse(spent, next);
      spent.minute.push(next);
      if (next.content) spent.content.push(next);
      spent.underWay += 1;
      return () => void (spent.underWay -= 1);
    },
  };
}

function dropUntil(spent: Pick<Spent, 'at'>[], until: number): void {
  const kept = spent.findIndex(({ at }) => at > until);
  spent.splice(0, kept === -1 ? spent.length : kept);
}

function pointsOf(method: string): number {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method) ? 1 : 5;
}

export function isContent(method: string, path: string): boolean {
  return (method === 'POST' || method === 'PUT') && /^\/(repos|repositories)\//.test(path);
}

/** Until the oldest leaves the window. */
function secondsUntilFree([oldest]: readonly Pick<Spent, 'at'>[], window: number, at: number): number {
  return Math.max(1, Math.ceil(((oldest?.at ?? at) + window - at) / 1000));
}

const waiting = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const blocked = 'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';

/**
 * GitHub sends `retry-after` with some and not with others, so that a client has to know both: here too many at once come without it.
 * https://github.com/octokit/plugin-throttling.js/issues/566, https://github.com/peter-evans/create-pull-request/issues/2062
 */
export function secondaryLimitExceeded(retryAfter: number | null, message = waiting): HttpProblem {
  const page = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits';
  return new HttpProblem(403, message, { documentation_url: page }, retryAfter === null ? {} : { 'retry-after': String(retryAfter) });
}
