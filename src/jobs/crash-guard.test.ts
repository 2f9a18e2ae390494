import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { reaction } from '../kernel/context.ts';
import type { CrashLog } from '../kernel/delivery-ports.ts';
import { Conflict, Unavailable } from '../kernel/errors.ts';
import { tenantId } from '../kernel/ids.ts';
import { done } from '../kernel/outcome.ts';
import { silent } from '../kernel/telemetry.ts';
import { openRoom } from './alone.ts';
import { guarded } from './crash-guard.ts';
import type { Delivered } from './deliver.ts';

const subscription = { context: 'gitops', reaction: reaction({ on: 'SyncRepository', name: 'when-sync', handle: async () => done() }) } as const;
const envelope = envelopeOf('SyncRepository', tenantId(100, 7), { reason: 'push' });

/** A log against whose keys so many crashes stand. */
function world(crashes = 0) {
  const [draining, cut] = [new AbortController(), new AbortController()];
  const story: string[] = [];
  const log: CrashLog = {
    async begin({ alone }) {
      story.push(alone ? 'begun alone' : 'asked');
      return { crashes, isNews: false, since: null, until: null, isTold: false, isBegun: crashes === 0 || alone };
    },
    end: async (_run, cleared) => (story.push(cleared ? 'cleared' : 'ended'), []),
    quarantine: async () => undefined,
    pardon: async () => undefined,
    quarantined: async () => [],
    forget: async () => undefined,
  };
  const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const room = openRoom(draining.signal);
  const options = { crashes: log, room, reports: { quarantined: async () => undefined, lifted: async () => undefined }, telemetry: silent, log: silentLog };
  const of = { envelope, subscription, stop: { draining: draining.signal, cut: cut.signal }, attempt: 0, publishedAt: 0 };
  return { draining, cut, story, room, run: (deliver: () => Promise<Delivered>) => guarded(options, of, 'job', deliver) };
}

const made = async (): Promise<Delivered> => ({ end: 'done' });

describe('a drain', () => {
  test('hands back what waits for somebody who is alone, at once and not begun', async () => {
    const { draining, room, story, run } = world();
    using _alone = await room.enterAlone(60_000);
    const waits = run(made);
    draining.abort();
    expect(await waits).toEqual({ end: 'not-alone', forMs: 0 });
    expect(story).toEqual([]);
  });

  test('hands back a suspect that waits for the others to leave', async () => {
    const { draining, room, story, run } = world(1);
    using _stays = await room.enter();
    const waits = run(made);
    await expect.poll(() => story).toEqual(['asked']);
    draining.abort();
    expect(await waits).toEqual({ end: 'not-alone', forMs: 0 });
    expect(story).toEqual(['asked']);
  });
});

describe('a suspect', () => {
  test.each([
    { reason: 'is cleared when it was made', deliver: made, isCut: false, ends: 'cleared' },
    { reason: 'is cleared when it failed', deliver: () => Promise.reject(new Unavailable('away', {})), isCut: false, ends: 'cleared' },
    { reason: 'stays one when somebody else wrote', deliver: () => Promise.reject(new Conflict('busy', {})), isCut: false, ends: 'ended' },
    { reason: 'stays one when it was cut off', deliver: () => Promise.reject(new Unavailable('cut', { code: 'Aborted' })), isCut: true, ends: 'ended' },
    { reason: 'stays one when it had no turn', deliver: async (): Promise<Delivered> => ({ end: 'busy', forMs: 1 }), isCut: false, ends: 'ended' },
  ])('$reason', async ({ deliver, isCut, ends }) => {
    const { cut, story, run } = world(1);
    if (isCut) cut.abort();
    await run(deliver).catch(() => undefined);
    expect(story).toEqual(['asked', 'begun alone', ends]);
  });
});
