import { setTimeout as pause } from 'node:timers/promises';
import { reaction } from '../../src/kernel/context.ts';
import { tenantId, type TenantId } from '../../src/kernel/ids.ts';
import { done } from '../../src/kernel/outcome.ts';
import { envelopeOf } from './delivery.ts';
import { jobsBench } from './jobs-bench.ts';
import type { RedisBench } from './redis-bench.ts';

interface FloodOptions {
  /** Messages of the tenant that floods; 0 for an idle system. */
  readonly events: number;
  /** Messages of the other one, each so long after the one before has started. */
  readonly probes: number;
  readonly pauseMs: number;
  /** How long a delivery takes, as one that asks Azure or GitHub would. */
  readonly serviceMs: number;
  readonly concurrency: number;
  /** Whether to wait until the flood is over as well. */
  readonly drained: boolean;
}

export interface Flooded {
  /** From being stored to being started, of the other tenant's, sorted. */
  readonly waitedMs: readonly number[];
  /** Deliveries of the flood that started between, sorted. */
  readonly inFront: readonly number[];
  /** Of the flood, by the end. */
  readonly handled: number;
  /** That a slot was taken per delivery while the other tenant sent. */
  readonly deliveryMs: number;
  /** Of the flood, when the other tenant's last message had started. */
  readonly leftBehind: number;
}

const flooding = tenantId(100, 7, 'contoso');
const other = tenantId(200, 9, 'fabrikam');

/** One tenant stores all it has at once; the other sends now and then. Real Redis, relay, queues and workers. */
export async function flood(redis: Pick<RedisBench, 'connect'>, { events, probes, pauseMs, serviceMs, concurrency, drained }: FloodOptions): Promise<Flooded> {
  const sent = new Map<string, { readonly at: number; readonly started: number }>();
  const waitedMs: number[] = [];
  const inFront: number[] = [];
  let handled = 0;
  let started = 0;
  await using jobs = await jobsBench(redis, [reaction({
    on: 'SyncRepository',
    name: 'when-sync',
    async handle({ tenantId: tenant, eventId }) {
      const probe = sent.get(eventId);
      if (probe !== undefined) {
        waitedMs.push(performance.now() - probe.at);
        inFront.push(started - probe.started);
      }
      started += 1;
      await pause(serviceMs);
      if (tenant === flooding) handled += 1;
      return done();
    },
  })], { concurrency, takeOverAfterMs: 30_000 });
  const message = (tenant: TenantId, index: number) => envelopeOf('SyncRepository', tenant, { reason: `event ${index}` });
  for (let from = 0; from < events; from += 500) {
    const chunk = Array.from({ length: Math.min(500, events - from) }, (_, index) => ({ envelope: message(flooding, from + index), delayMs: 0 }));
    await jobs.outbox.append(chunk);
  }
  const began = performance.now();
  const before = started;
  for (let index = 0; index < probes; index += 1) {
    const envelope = message(other, index);
    sent.set(envelope.eventId, { at: performance.now(), started });
    await jobs.send(envelope);
    while (waitedMs.length <= index) await pause(2);
    await pause(pauseMs);
  }
  const deliveryMs = ((performance.now() - began) * concurrency) / (started - before);
  const leftBehind = events - handled;
  const isOver = (): boolean => !drained || handled >= events;
  while (!isOver()) await pause(20);
  return { waitedMs: waitedMs.toSorted((a, b) => a - b), inFront: inFront.toSorted((a, b) => a - b), handled, deliveryMs, leftBehind };
}

export function p95(sorted: readonly number[]): number {
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
