import { AsyncLocalStorage } from 'node:async_hooks';
import type { WriteReason } from '../../src/kernel/audit.ts';
import type { Delivery, Reaction } from '../../src/kernel/context.ts';
import type { Envelope } from '../../src/kernel/envelope.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';

interface Scope {
  /** Null between writes. */
  why: WriteReason | null;
}

const scopes = new AsyncLocalStorage<Scope>();

/** One delivery, during which the ports of the memory worlds take no write outside of `delivery.write`. */
export function handled(reaction: Reaction, envelope: Envelope, delivery: Delivery): Promise<Outcome> {
  return scopes.run({ why: null }, () => reaction.handle(envelope, delivery));
}

/** `Delivery.write` of the memory worlds. A write that begins after `run` has ended is outside of it. */
export async function write<T>(why: WriteReason, run: () => Promise<T>): Promise<T> {
  if (!/^[0-9a-f]{40}$/.test(why.commit) || why.policy === '') throw new Error(`a write without a reason: ${JSON.stringify(why)}`);
  const scope: Scope = { why };
  try {
    return await scopes.run(scope, run);
  } finally {
    scope.why = null;
  }
}

/** For every method of a port that changes something outside. @throws inside of a delivery that does not write just now. */
export function assertWriting(method: string): void {
  const scope = scopes.getStore();
  if (scope !== undefined && scope.why === null) throw new Error(`${method} was called outside of delivery.write: without a fence and without a reason`);
}
