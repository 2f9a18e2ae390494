import { Counter, Gauge, Registry } from 'prom-client';
import { atMost } from '../../at-most.ts';
import { isGauge, metricCatalogue, metricNames, type GaugeName, type GaugeSource, type Telemetry } from '../../kernel/telemetry.ts';

/** What a scrape answers. */
interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** The metrics of one process. */
export interface Metrics {
  readonly telemetry: Telemetry;
  /** Read at each scrape from here on. */
  read(source: GaugeSource): void;
  /** Never rejects for a source, and takes no longer than `withinMs` for all of them. Scrapes at the same time share one. */
  scrape(): Promise<Exposition>;
}

const readWithinMs = 1000;

/** Exactly the catalogue, in Prometheus' text format. A gauge that nobody set is not shown. */
export function prometheusMetrics(withinMs = readWithinMs): Metrics {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<GaugeName, Gauge>();
  for (const name of metricNames) {
    const { help, labels } = metricCatalogue[name];
    const options = { name, help, labelNames: labels, registers: [registry] };
    if (isGauge(name)) gauges.set(name, new Gauge(options));
    else counters.set(name, new Counter(options));
  }
  const forget = (name: GaugeName): void => {
    // One without labels would stand at 0 after a reset, which nobody measured.
    if (metricCatalogue[name].labels.length === 0) gauges.get(name)?.remove();
    else gauges.get(name)?.reset();
  };
  for (const name of gauges.keys()) forget(name);
  const telemetry: Telemetry = {
    count: (name, labels, by = 1) => ignoringFaults(() => counters.get(name)?.inc(labels, by)),
    set: (name, labels, value) => ignoringFaults(() => gauges.get(name)?.set(labels, value)),
  };
  const readers: (() => Promise<void>)[] = [];
  let running: Promise<Exposition> | null = null;
  const scrape = async (): Promise<Exposition> => {
    await Promise.all(readers.map((read) => read()));
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
  return {
    telemetry,
    read: (source) => void readers.push(reader(source, telemetry, forget, withinMs)),
    scrape() {
      running ??= scrape().finally(() => (running = null));
      return running;
    },
  };
}

/** A read that hangs is not begun a second time. */
function reader({ gauges, read }: GaugeSource, telemetry: Telemetry, forget: (name: GaugeName) => void, withinMs: number): () => Promise<void> {
  let reading: Promise<boolean> | null = null;
  return async () => {
    reading ??= read(telemetry).then(() => true, () => false).finally(() => (reading = null));
    let fresh = false;
    await atMost(withinMs, reading.then((worked) => (fresh = worked)));
    if (!fresh) gauges.forEach((name) => forget(name));
  };
}

/** A wrong label or a number that is none is a bug in what counts, and no reason to fail what is counted. */
function ignoringFaults(act: () => void): void {
  try {
    act();
  } catch {
    // the caller's work is worth more than its number
  }
}
