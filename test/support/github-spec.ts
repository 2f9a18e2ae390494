import type { GithubExchange, GithubObserver } from '../../src/local/github/observer.ts';
import { operationFor } from './github-spec-document.ts';
import { exchangeViolations, type Violation } from './github-spec-exchange.ts';
import { disagreementOf, type Disagreement } from './github-spec-known.ts';
import { eventName, webhookViolations } from './github-spec-webhooks.ts';

export interface SpecReport {
  readonly answers: number;
  readonly deliveries: number;
  /** Those that differ in more than their numbers. */
  readonly distinct: number;
  readonly operations: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
  readonly violations: readonly Violation[];
  /** Known disagreements that were met. */
  readonly met: ReadonlySet<Disagreement>;
}

interface GithubSpec {
  readonly observer: GithubObserver;
  report(): SpecReport;
  /** Prints what was held. @throws a list of everything that is not as GitHub describes it. */
  holds(what: string): Promise<void>;
}

type Held = { readonly kind: 'exchange'; readonly exchange: GithubExchange } | { readonly kind: 'event'; readonly event: Parameters<GithubObserver['sent']>[0] };

/** Gathers while a test runs, and holds against GitHub's descriptions when it is asked. What differs only in numbers and hashes is held once. */
export function githubSpec(): GithubSpec {
  const held = new Map<string, Held>();
  let answers = 0;
  let deliveries = 0;
  const keep = (key: unknown, each: Held): void => void held.set(JSON.stringify(key).replace(/[0-9a-f]{7,}|\d+/g, '#'), each);
  return {
    observer: {
      answered(exchange) {
        answers += 1;
        const { method, path, query, requestBody, status, headers, body } = exchange;
        keep([method, path, [...query], requestBody, status, headers['content-type'], body], { kind: 'exchange', exchange });
      },
      sent(event) {
        deliveries += 1;
        keep(event, { kind: 'event', event });
      },
    },
    report: () => ({ answers, deliveries, distinct: held.size, ...reportOf([...held.values()]) }),
    async holds(what) {
      const { operations, events, violations } = reportOf([...held.values()]);
      process.stdout.write(`GitHub held against its description in ${what}: ${answers} answers of ${operations.size} operations, ${deliveries} deliveries of ${events.size} events, ${held.size} unlike, ${violations.length} violations\n`);
      if (violations.length > 0) throw new Error(`${violations.length} violations of GitHub's description in ${what}:\n${violations.map(violationLine).join('\n')}`);
    },
  };
}

function reportOf(held: readonly Held[]): Omit<SpecReport, 'answers' | 'deliveries' | 'distinct'> {
  const operations = new Set<string>();
  const events = new Set<string>();
  const met = new Set<Disagreement>();
  const violations = new Map<string, Violation>();
  for (const each of held) {
    if (each.kind === 'event') events.add(eventName(each.event));
    else operations.add(operationFor(each.exchange.method, each.exchange.path)?.operation.operationId ?? `${each.exchange.method} ${each.exchange.path}`);
    const all = each.kind === 'event' ? webhookViolations(each.event) : exchangeViolations(each.exchange);
    for (const violation of all) {
      const known = disagreementOf(violation, all);
      if (known) met.add(known);
      else violations.set(`${violation.operation} ${violation.status} ${violation.at} ${violation.what}`, violation);
    }
  }
  return { operations, events, met, violations: [...violations.values()] };
}

export function violationLine({ call, operation, status, at, what }: Violation): string {
  return `  ${call}${operation !== null && operation !== call ? ` (${operation})` : ''}${status === null ? '' : ` ${status}`}: ${at === '' ? 'it' : at} ${what}`;
}
