import { describe, expect } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { fc, test } from '../../test/support/property.ts';
import type { OutboxEntry } from '../kernel/delivery-ports.ts';
import { tenantId } from '../kernel/ids.ts';
import { openLanes } from './lanes.ts';

const entryOf = (id: string, repository: number): OutboxEntry => ({ id, delayMs: 0, envelope: envelopeOf('SyncRepository', tenantId(100, repository), { reason: id }) });

describe('lanes', () => {
  test('take tenants in turn and keep the order of each, whatever came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (repositories, most) => {
        const lanes = openLanes();
        const entries = repositories.map((repository, index) => entryOf(String(index), repository));
        entries.forEach((entry) => lanes.add(entry));
        const taken: OutboxEntry[] = [];
        for (let turn = lanes.next(most); turn.length > 0; turn = lanes.next(most)) taken.push(...turn);
        expect(taken.length).toBe(entries.length);
        for (const repository of new Set(repositories)) {
          const mine = (list: readonly OutboxEntry[]) => list.filter(({ envelope }) => envelope.tenantId === tenantId(100, repository)).map(({ id }) => id);
          expect(mine(taken)).toEqual(mine(entries));
          // The nth of a tenant goes out when nobody has had more than n turns.
          mine(taken).forEach((id, nth) => expect(taken.findIndex((entry) => entry.id === id)).toBeLessThan((nth + 1) * new Set(repositories).size));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('know an entry until it has reached its queue', () => {
    const lanes = openLanes();
    const entry = entryOf('1-0', 7);
    lanes.add(entry);
    lanes.add(entry);
    expect(lanes.next(5)).toEqual([entry]);
    lanes.add(entry);
    expect([lanes.size, lanes.next(5)]).toEqual([1, []]);
    lanes.putBack(entry);
    expect(lanes.next(5)).toEqual([entry]);
    lanes.forget(entry);
    expect(lanes.size).toBe(0);
  });
});
