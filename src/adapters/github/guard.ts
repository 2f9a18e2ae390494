import { HeldBack, NotAllowed, NotSent, Throttled, Unavailable } from '../../kernel/errors.ts';
import type { Clock } from '../../kernel/ports.ts';
import { silent, type Telemetry } from '../../kernel/telemetry.ts';
import { answered, nothing, type Breakers, type Verdict } from '../outage/breakers.ts';
import type { Budget } from '../outage/budget.ts';
import { translated } from './translate.ts';

interface GuardOptions {
  readonly breakers: Breakers;
  /** Of what makes content, by installation. */
  readonly writes: Budget;
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetry?: Telemetry;
}

/** Stands before every request, pages included. `installation` null: the App about itself. */
export interface Guard {
  <T>(installation: number | null, request: { readonly method: string; readonly url: string; readonly isCutOff: () => boolean }, send: () => Promise<T>): Promise<T>;
}

/** Many wait for the same place in the budget: they come back over this long. */
const spreadMs = 10_000;

/** A breaker per installation, and the budget of what GitHub calls creating content: 80 a minute and 500 an hour. */
export function githubGuard({ breakers, writes, clock, random, telemetry = silent }: GuardOptions): Guard {
  return (installation, { method, url, isCutOff }, send) => {
    const scope = installation === null ? 'app' : String(installation);
    const judge = (error: unknown): Verdict => {
      if (error === null) return answered;
      if (isCutOff() || error instanceof HeldBack) return nothing;
      const seen = translated(error, 'asking', clock.now());
      if (seen instanceof NotAllowed && seen.code === 'GitHub401') telemetry.count('trueup_token_failures_total', { dependency: 'GitHub' });
      return verdictOf(seen);
    };
    return breakers.call({ system: 'GitHub', scope }, async () => {
      const waitMs = isContent(method, url) ? await writes.spend(scope) : 0;
      if (waitMs === 0) return send();
      telemetry.count('trueup_calls_put_off_total', { dependency: 'GitHub', reason: 'budget' });
      throw new HeldBack('GitHub', { retryAfterMs: Math.round(waitMs + random() * spreadMs), since: null });
    }, judge);
  };
}

export const openGuard: Guard = (_installation, _request, send) => send();

/** A limit is no refusal of what was asked: whoever goes on asking is held off for longer. */
function verdictOf(error: unknown): Verdict {
  if (error instanceof NotSent) return nothing;
  if (error instanceof Throttled) return { is: 'away', ms: error.retryAfterMs };
  return error instanceof Unavailable ? { is: 'away', ms: null } : answered;
}

/** By what GitHub documents, read strictly: whatever a POST or PUT makes in a repository. */
export function isContent(method: string, url: string): boolean {
  return (method === 'POST' || method === 'PUT') && /\/(repos|repositories)\//.test(url);
}
