import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { unaudited } from '../kernel/audit.ts';
import { reaction } from '../kernel/context.ts';
import { Conflict, Unavailable } from '../kernel/errors.ts';
import { tenantId } from '../kernel/ids.ts';
import { silent } from '../kernel/telemetry.ts';
import { decide } from './decide.ts';
import { deliver, type DeliveryPorts } from './deliver.ts';

const cutOff = new Unavailable('The call was cut off before Azure answered (vaults.find)', { code: 'Aborted' });

/** A delivery whose only call fails, with the lease as it stands by then. */
async function thrownWith(lost: AbortController): Promise<unknown> {
  const handles = reaction({ on: 'SyncRepository', name: 'when-sync', writes: () => 'key', handle: () => Promise.reject(cutOff) });
  const never = new AbortController().signal;
  const ports: DeliveryPorts = {
    commits: { isApplied: async () => false, commit: async () => 'written' },
    leases: { acquire: async (key) => ({ proof: { key, token: 'one' }, signal: lost.signal, isSafelyHeld: () => !lost.signal.aborted, release: async () => undefined }) },
    clock: { now: () => 0 },
    ids: { uuid: () => 'id' },
    writes: unaudited,
    telemetry: silent,
    guard: () => ({ allowed: true }),
  };
  const envelope = envelopeOf('SyncRepository', tenantId(100, 7), { reason: 'push' });
  return deliver(ports, { envelope, subscription: { context: 'gitops', reaction: handles }, stop: { draining: never, cut: never }, attempt: 0, publishedAt: 0 }).catch((error: unknown) => error);
}

describe('a call that fails', () => {
  test('because the lease ran out is no outage: after twenty of them in a row the next look still comes within seconds', async () => {
    const lost = new AbortController();
    lost.abort();
    const thrown = await thrownWith(lost);
    expect(thrown).toBeInstanceOf(Conflict);
    expect(thrown).toMatchObject({ code: 'LeaseLost' });
    const later = decide({ error: thrown, failures: 20, failingMs: 60_000 }, () => 0.999);
    expect(later).toMatchObject({ fate: 'delay' });
    expect(later.fate === 'delay' && later.ms).toBeLessThan(16_000);
  });

  test('while the lease is held is what it was', async () => {
    expect(await thrownWith(new AbortController())).toBe(cutOff);
  });
});
