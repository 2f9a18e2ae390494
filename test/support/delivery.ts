import type { Delivery, Reaction } from '../../src/kernel/context.ts';
import { newOrigin, emit, parseEnvelope, seal, type Envelope } from '../../src/kernel/envelope.ts';
import { Unavailable } from '../../src/kernel/errors.ts';
import type { TenantId } from '../../src/kernel/ids.ts';
import type { MessageType, PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { Clock, Ids } from '../../src/kernel/ports.ts';
import type { MemoryStore } from './memory-store.ts';
import { handled, write } from './write-scope.ts';

export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(start = Date.UTC(2026, 10, 24)): TestClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
  };
}

let uuids = 0;
export const testIds: Ids = { uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}` };

/** A sealed envelope that the real parser accepts. */
export function envelopeOf<Type extends MessageType>(
  type: Type,
  tenantId: TenantId,
  payload: PayloadOf<Type>,
  clock: Clock = testClock(),
): Envelope<Type> {
  const envelope = seal(emit(type, tenantId, payload), newOrigin('test', testIds), testIds.uuid(), clock);
  // The parser kept the type that was sealed.
  return parseEnvelope(envelope) as Envelope<Type>;
}

export function testDelivery(publishedAt: number, attempt = 0): Delivery {
  return { signal: { aborted: false }, attempt, publishedAt, write };
}

/** The ends of one message: every outcome in order, the last one not a wait. */
export interface Run {
  readonly outcomes: readonly Outcome[];
  readonly last: Outcome;
  /** Deliveries that threw and were retried. */
  readonly thrown: readonly unknown[];
}

export interface RunOptions {
  /** Deliveries after which a message that still waits or throws counts as stuck. */
  readonly limit?: number;
}

/**
 * Delivers one message until it ends, as a worker does: commits each outcome, lets the clock run over each wait, and retries what throws.
 * @throws the last error when the limit is reached.
 */
export async function runToEnd(
  reaction: Reaction,
  envelope: Envelope,
  world: { readonly store: MemoryStore; readonly clock: TestClock },
  options: RunOptions = {},
): Promise<Run> {
  const outcomes: Outcome[] = [];
  const thrown: unknown[] = [];
  const publishedAt = world.clock.now();
  for (let attempt = 0; attempt < (options.limit ?? 500); attempt += 1) {
    try {
      const outcome = await handled(reaction, envelope, testDelivery(publishedAt, attempt));
      world.store.apply(outcome);
      outcomes.push(outcome);
      if (outcome.end !== 'wait') return { outcomes, last: outcome, thrown };
      world.clock.advance(outcome.forMs);
    } catch (error) {
      thrown.push(error);
      world.clock.advance(1000);
    }
  }
  throw thrown.at(-1) ?? new Error(`still waiting: ${JSON.stringify(outcomes.at(-1))}`);
}

export interface Faults {
  /** Method calls so far, over all wrapped ports. */
  readonly calls: () => number;
  /** The name of each, the first call first. */
  readonly methods: () => readonly string[];
  /** The port, some of whose calls fail. */
  readonly wrap: <Port extends object>(port: Port) => Port;
}

interface Call {
  /** 1 for the first of all wrapped ports. */
  readonly count: number;
  readonly method: string;
  readonly parameters: readonly unknown[];
}

/** Every call of a wrapped port is made by `make`, which may run it. */
function faulty(make: (run: () => unknown, call: Call) => Promise<unknown>): Faults {
  const methods: string[] = [];
  return {
    calls: () => methods.length,
    methods: () => methods,
    wrap: (port) =>
      new Proxy(port, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property);
          if (typeof member !== 'function') return member;
          return async (...parameters: unknown[]): Promise<unknown> => {
            methods.push(String(property));
            return make(() => Reflect.apply(member, target, parameters), { count: methods.length, method: String(property), parameters });
          };
        },
      }),
  };
}

/** One call of many fails, once: to ask of a reaction that it ends in the same world. `after` lets the effect happen and loses the answer. */
export function failOnce(failing: number, when: 'before' | 'after'): Faults {
  const lost = (): never => {
    throw new Unavailable(`call ${failing} was made to fail`, {});
  };
  return faulty(async (run, { count }) => {
    if (count === failing && when === 'before') lost();
    const answer = await run();
    return count === failing ? lost() : answer;
  });
}

/** Calls fail with the error that `failure` has for them, before their effect; null lets them pass. */
export function failWhen(failure: (method: string, parameters: readonly unknown[]) => Error | null): Faults {
  return faulty(async (run, { method, parameters }) => {
    const error = failure(method, parameters);
    if (error !== null) throw error;
    return run();
  });
}
