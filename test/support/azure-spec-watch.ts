import type { AzureExchange } from '../../src/local/azure/http/observation.ts';
import type { AzureSpec } from './azure-spec.ts';
import { excuse } from './azure-spec-allowed.ts';
import { hasSpec, lineOf, type Finding } from './azure-spec-finding.ts';

interface Verdict {
  /** Exchanges that were seen, and how many of them were unlike every other. */
  readonly seen: number;
  readonly unlike: number;
  /** Of these: described, in agreement, and in agreement but for what is known of the real service, too. */
  readonly held: number;
  readonly clean: number;
  readonly excused: number;
  /** Operation and first digit of the status, `ContainerApps_Get 2`. */
  readonly exercised: ReadonlySet<string>;
  /** One line for each kind, with the first request that showed it. */
  readonly violations: readonly string[];
}

/** Gathers exchanges while something runs, and holds them against the descriptions when it has ended. */
export interface SpecWatch {
  readonly observe: (exchange: AzureExchange) => void;
  verdict(): Promise<Verdict>;
  /** Prints what was held. @throws with the violations. */
  holds(what: string): Promise<void>;
}

const skipped = 'Azure is held against no specification: ../shared/azure/swagger (or TRUEUP_SHARED) is not at hand.\n';

export function specWatch(opened?: AzureSpec): SpecWatch {
  const unlike = new Map<string, AzureExchange>();
  let seen = 0;
  const watch: SpecWatch = {
    observe(exchange) {
      seen += 1;
      const { method, url, status, requestBody, responseBody } = exchange;
      if (hasSpec) unlike.set(JSON.stringify([method, url, status, requestBody, responseBody]), exchange);
    },
    async verdict() {
      return { seen, unlike: unlike.size, ...(await judged(opened ?? (await openSpec()), [...unlike.values()])) };
    },
    async holds(what) {
      if (!hasSpec) return void process.stdout.write(skipped);
      const { held, clean, excused, violations } = await watch.verdict();
      process.stdout.write(`Azure held against its specification in ${what}: ${seen} exchanges, ${unlike.size} unlike, ${held} described, ${clean} clean, ${excused} clean with the allow-list, ${violations.length} violations\n`);
      if (violations.length > 0) throw new Error(`${violations.length} violations of Azure's specification in ${what}:\n${violations.join('\n')}`);
    },
  };
  return watch;
}

/** Loaded only when something is held: it is large. */
async function openSpec(): Promise<AzureSpec> {
  const { openAzureSpec } = await import('./azure-spec.ts');
  return openAzureSpec();
}

async function judged(spec: AzureSpec, exchanges: readonly AzureExchange[]): Promise<Omit<Verdict, 'seen' | 'unlike'>> {
  const counts = { held: 0, clean: 0, excused: 0 };
  const exercised = new Set<string>();
  const violations = new Map<string, { readonly first: string; times: number }>();
  for (const exchange of exchanges) {
    const { operation, findings } = await spec.hold(exchange);
    const faults = findings.filter((finding) => excuse(finding) === null);
    for (const fault of faults) counted(violations, fault, exchange);
    if (operation === null) continue;
    exercised.add(`${operation} ${Math.floor(exchange.status / 100)}`);
    counts.held += 1;
    if (findings.length === 0) counts.clean += 1;
    else if (faults.length === 0) counts.excused += 1;
  }
  return { ...counts, exercised, violations: [...violations].map(([line, { first, times }]) => `${line}; ${times} times, first ${first}`) };
}

function counted(violations: Map<string, { readonly first: string; times: number }>, fault: Finding, { method, url, requestHeaders }: AzureExchange): void {
  const line = lineOf(fault);
  const known = violations.get(line) ?? { first: `${method} ${url} by ${String(requestHeaders['user-agent'] ?? 'somebody')}`, times: 0 };
  known.times += 1;
  violations.set(line, known);
}
