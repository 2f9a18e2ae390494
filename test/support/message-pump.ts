import { putOff } from '../../src/gitops/records/asked-often.ts';
import { decide } from '../../src/jobs/decide.ts';
import { attempts } from '../../src/jobs/settings.ts';
import type { Context, Reaction } from '../../src/kernel/context.ts';
import { causedBy, parseEnvelope, seal, type Envelope } from '../../src/kernel/envelope.ts';
import { testDelivery, testIds, type TestClock } from './delivery.ts';
import type { MemoryStore } from './memory-store.ts';
import { handled } from './write-scope.ts';

interface Job {
  readonly envelope: Envelope;
  readonly reaction: Reaction;
  /** Null when any number of them may wait. */
  readonly once: string | null;
  /** How many round trips through GitHub led to it. */
  round: number;
  attempt: number;
  failures: number;
  dueAt: number;
  /** It was dealt with, and its worker died before it could say so. */
  isAgain: boolean;
}

export interface MessagePump {
  accept(envelopes: readonly Envelope[], round: number): void;
  /** Delivers what is due, and what follows from it at once. @returns the latest round of those that wrote something; 0 where nothing was written. */
  run(): Promise<number>;
  /** Milliseconds since the epoch; null when nothing waits. */
  nextDue(): number | null;
  /** What is there counts as the first round from here on. */
  startOver(): void;
  /** Messages that Trueup puts off because the same was asked for again and again. */
  readonly held: number;
  /** What was given up, one sentence each. */
  readonly dead: readonly string[];
}

interface PumpOptions {
  readonly store: MemoryStore;
  readonly clock: TestClock;
  /** Writes to the outside so far. */
  readonly written: () => number;
  /** Each message where the latest wins is handled once more after it was dealt with. */
  readonly twice: boolean;
}

/** Of one run: more than the busiest needs, so that a loop inside of Trueup ends here too. */
const mostDeliveries = 5000;

/** The workers of src/jobs without Redis: the same fates, the same "latest wins", in a fixed order. */
export function messagePump(contexts: readonly Context[], { store, clock, written, twice }: PumpOptions): MessagePump {
  const reactions = Map.groupBy(contexts.flatMap((context) => context.reactions), ({ on }) => on);
  let jobs: Job[] = [];
  const held: Job[] = [];
  const dead: string[] = [];

  function add(envelope: Envelope, round: number): void {
    for (const reaction of reactions.get(envelope.eventType) ?? []) {
      const key = reaction.latestWins?.(envelope);
      const once = key === undefined ? null : `${envelope.tenantId} ${reaction.name} ${key}`;
      if (once !== null && [...jobs, ...held].some((job) => job.once === once)) continue;
      jobs.push({ envelope, reaction, once, round, attempt: 0, failures: 0, dueAt: clock.now(), isAgain: false });
    }
  }

  async function deliver(job: Job): Promise<void> {
    const { envelope, reaction } = job;
    try {
      const outcome = await handled(reaction, envelope, testDelivery(Date.parse(envelope.occurredAt), job.attempt));
      store.apply(outcome);
      job.failures = 0;
      for (const message of outcome.emits) add(parseEnvelope(seal(message, causedBy(envelope), testIds.uuid(), clock)), job.round);
      if (outcome.end === 'wait' && outcome.reason === putOff) held.push(job);
      else if (outcome.end === 'wait') again(job, outcome.forMs);
      else if (twice && job.once !== null && !job.isAgain) again({ ...job, isAgain: true }, 0);
    } catch (error) {
      job.failures += 1;
      const decision = decide({ error, failures: job.failures, failingMs: 0 }, () => 0.5);
      if (decision.fate === 'dead-letter' || job.failures > attempts) dead.push(`${reaction.name}: ${String(error)}`);
      else again(job, decision.fate === 'delay' ? decision.ms : 1000);
    }
  }

  function again(job: Job, ms: number): void {
    job.attempt += 1;
    job.dueAt = clock.now() + ms;
    jobs.push(job);
  }

  return {
    accept: (envelopes, round) => envelopes.forEach((envelope) => add(envelope, round)),
    nextDue: () => (jobs.length === 0 ? null : Math.min(...jobs.map(({ dueAt }) => dueAt))),
    startOver: () => jobs.forEach((job) => (job.round = 1)),
    get held() {
      return held.length;
    },
    dead,
    async run() {
      let latest = 0;
      for (let count = 0; ; count += 1) {
        const next = jobs.find(({ dueAt }) => dueAt <= clock.now());
        if (next === undefined) return latest;
        if (count === mostDeliveries) throw new Error(`${mostDeliveries} deliveries and no end: ${[...new Set(jobs.map(({ reaction }) => reaction.name))].join(', ')}`);
        const before = written();
        jobs = jobs.filter((job) => job !== next);
        await deliver(next);
        if (written() > before) latest = Math.max(latest, next.round);
      }
    },
  };
}
