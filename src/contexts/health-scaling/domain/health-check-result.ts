import { z } from 'zod';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { verdicts, type Verdict } from '../../../kernel/messages/health-scaling.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import { worst, type ServiceHealth } from './checks.ts';

const verdict = z.enum(verdicts);
const check = z.strictObject({ kind: z.enum(['liveness', 'readiness', 'dependency']), verdict, detail: z.string() });

const memory = z.strictObject({
  /** Evaluations in a row in which it did not answer. */
  failures: z.number().int(),
  restarts: z.number().int().nullable(),
  /** When its replicas were looked at last, in milliseconds since the epoch. */
  countedAt: z.number().nullable().default(null),
  /** Its requests as they were read last; null when nothing is known. Times are milliseconds since the epoch. */
  requests: z.strictObject({ at: z.number(), share: z.strictObject({ total: z.number(), serverErrors: z.number() }).nullable() }).nullable(),
  /** The revisions that served, by name: what is remembered is about them. */
  revisions: z.string().default(''),
  /** It was there once: gone is not the same as not deployed yet. */
  seen: z.boolean(),
});
export type ServiceMemory = z.infer<typeof memory>;

export const noMemory: ServiceMemory = { failures: 0, restarts: null, countedAt: null, requests: null, revisions: '', seen: false };

export const healthCheckResult = z.strictObject({
  /** Null until the first evaluation. */
  latest: z
    .strictObject({
      verdict,
      services: z.array(z.strictObject({ service: z.string(), tenant: z.string(), verdict, checks: z.array(check) })),
      /** ISO-8601: when this verdict began. */
      since: z.string(),
    })
    .nullable(),
  memory: z.record(z.string(), memory),
  /** When the verdict was announced last, in milliseconds since the epoch. */
  announcedAt: z.number(),
  /** The highest generation whose deployment had ended before the latest evaluation; null when none is known. */
  generation: z.number().int().nullable().default(null),
  /** Nothing is looked at before, in milliseconds since the epoch; null when nothing speaks against it. */
  pausedUntil: z.number().nullable().default(null),
  /** Changes of the verdict, newest last. */
  history: z.array(z.strictObject({ at: z.string(), verdict })),
});

/** What the evaluations of an environment say: the latest by service, and the changes before. */
export type HealthCheckResult = z.infer<typeof healthCheckResult>;

export const neverChecked: HealthCheckResult = { latest: null, memory: {}, announcedAt: 0, generation: null, pausedUntil: null, history: [] };

export const healthType = 'HealthCheckResult';

export function healthKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: healthType, id: environment };
}

const historyKept = 50;
/** A verdict that does not change is repeated so often, so that a lost report costs time only. */
const repeatMs = 10 * 60_000;

/** Services that are declared wrongly and so not rendered: still the environment's, and nobody may take them for healthy. */
export function wrongServices({ services, invalid, tenant }: DesiredEnvironment, { latest }: HealthCheckResult): readonly Pick<ServiceHealth, 'service' | 'tenant'>[] {
  const known = new Set(services.map(({ name }) => name));
  const names = new Set(invalid.filter(({ kind, name }) => kind === 'RuntimeService' && !known.has(name)).map(({ name }) => name));
  return [...names].map((name) => ({ service: name, tenant: latest?.services.find(({ service }) => service === name)?.tenant ?? tenant }));
}

/** What an evaluation found. */
interface Findings {
  readonly services: readonly ServiceHealth[];
  readonly memory: HealthCheckResult['memory'];
  readonly generation: number | null;
}

export interface Evaluated {
  readonly result: HealthCheckResult;
  readonly previous: Verdict | null;
  /** First, changed for the environment or one service, the first after a deployment's end, or not said for long. */
  readonly isNews: boolean;
}

export function evaluated(before: HealthCheckResult, { services, memory: remembered, generation }: Findings, now: number): Evaluated {
  const at = new Date(now).toISOString();
  const found = worst(services.map((one) => one.verdict));
  const previous = before.latest?.verdict ?? null;
  const since = before.latest !== null && previous === found ? before.latest.since : at;
  const isChanged = before.latest === null || verdictsOf(before.latest.services) !== verdictsOf(services) || previous !== found;
  const isNews = isChanged || before.generation !== generation || now - before.announcedAt >= repeatMs;
  const history = previous === found ? before.history : [...before.history, { at, verdict: found }].slice(-historyKept);
  const latest = { verdict: found, services: [...services], since };
  return { previous, isNews, result: { latest, memory: remembered, announcedAt: isNews ? now : before.announcedAt, generation, pausedUntil: null, history } };
}

function verdictsOf(services: readonly ServiceHealth[]): string {
  return services.map(({ service, verdict: found }) => `${service} ${found}`).sort().join(',');
}
