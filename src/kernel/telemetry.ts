interface Metric {
  readonly kind: 'counter' | 'gauge';
  /** For whoever reads `/metrics`; units are in the name. */
  readonly help: string;
  readonly labels: readonly string[];
}

/** Everything that `/metrics` shows. No label holds what a tenant can make up without bound: no service, no branch, no commit. */
export const metricCatalogue = {
  trueup_webhooks_total: { kind: 'counter', help: 'Webhooks by what became of them: stored, duplicate, nothing (to do), refused (the fault of the sender), failed (ours; to be delivered again).', labels: ['result'] },
  trueup_deliveries_total: { kind: 'counter', help: 'Messages handled, by context and end.', labels: ['context', 'end'] },
  trueup_calls_total: { kind: 'counter', help: 'Calls to Azure and GitHub by how they ended: answered, refused (a 4xx), throttled, failed, cut (by this process).', labels: ['dependency', 'result'] },
  trueup_calls_put_off_total: { kind: 'counter', help: 'Calls that were not made because a breaker was open or a budget was spent.', labels: ['dependency', 'reason'] },
  trueup_token_failures_total: { kind: 'counter', help: 'Calls for which Trueup got no token, or whose token was refused.', labels: ['dependency'] },
  trueup_breaker_open: { kind: 'gauge', help: '1 while calls to this dependency are held back, by installation or subscription.', labels: ['dependency', 'scope'] },
  trueup_crashes_total: { kind: 'counter', help: 'Deliveries found to have ended with their process.', labels: ['context'] },
  trueup_quarantined: { kind: 'gauge', help: 'Messages that are not handled any more because they ended a process three times.', labels: [] },
  trueup_stale_overwrites_total: { kind: 'counter', help: 'Writes by a worker that had lost its lease, found afterwards.', labels: [] },
  trueup_fenced_writes_total: { kind: 'counter', help: 'Writes that were not begun or not committed because the lease was lost.', labels: [] },
  trueup_scrubbed_total: { kind: 'counter', help: 'Secrets that the last stage of a sink took out. Anything but 0 is a bug.', labels: ['sink'] },
  trueup_canary_age_seconds: { kind: 'gauge', help: 'Since a canary went through the worker of this context.', labels: ['context'] },
  trueup_queue_waiting: { kind: 'gauge', help: 'Jobs that could run now.', labels: ['context'] },
  trueup_queue_oldest_waiting_seconds: { kind: 'gauge', help: 'How long the oldest of them waits.', labels: ['context'] },
  trueup_dead_letters: { kind: 'gauge', help: 'Jobs that need a person.', labels: ['context'] },
  trueup_outbox_waiting: { kind: 'gauge', help: 'Messages stored and not yet on a queue.', labels: [] },
  trueup_resync_age_seconds: { kind: 'gauge', help: 'Since the repository that was looked at least recently was compared with Git.', labels: [] },
  trueup_webhook_gap_seconds: { kind: 'gauge', help: 'Age of the oldest failed delivery that GitHub still holds and that was not taken in.', labels: [] },
  trueup_redis_answers: { kind: 'gauge', help: '1 when Redis answered this scrape within its time; gauges that are read from Redis are missing otherwise.', labels: [] },
  trueup_redis_write_ok: { kind: 'gauge', help: '1 while the last write of the append-only file worked.', labels: [] },
  trueup_redis_memory_ratio: { kind: 'gauge', help: 'Used memory of maxmemory, 0 without a limit.', labels: [] },
} as const satisfies Readonly<Record<string, Metric>>;

type Catalogue = typeof metricCatalogue;
export type MetricName = keyof Catalogue;
export type CounterName = { [Name in MetricName]: Catalogue[Name]['kind'] extends 'counter' ? Name : never }[MetricName];
export type GaugeName = Exclude<MetricName, CounterName>;

/** In the order of the catalogue. */
// The keys of an object literal that nobody extends.
export const metricNames = Object.keys(metricCatalogue) as readonly MetricName[];

export function isGauge(name: MetricName): name is GaugeName {
  return metricCatalogue[name].kind === 'gauge';
}

type LabelsOf<Name extends MetricName> = Readonly<Record<Catalogue[Name]['labels'][number], string>>;

/** What happened, in numbers. Never throws and never waits. */
export interface Telemetry {
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  set<Name extends GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void;
}

/** For whoever has nobody to tell. */
export const silent: Telemetry = { count: () => undefined, set: () => undefined };

/** Gauges that are read when somebody looks. */
export interface GaugeSource {
  /** What it sets: without a fresh value they are not shown, so that nobody takes the last one for the present one. */
  readonly gauges: readonly GaugeName[];
  /** @throws when it cannot be read. */
  read(telemetry: Telemetry): Promise<void>;
}
