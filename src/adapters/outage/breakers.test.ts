import { describe, expect, test } from 'vitest';
import { testClock } from '../../../test/support/delivery.ts';
import { HeldBack, Unavailable } from '../../kernel/errors.ts';
import type { CounterName, Telemetry } from '../../kernel/telemetry.ts';
import { answered, breakers, nothing, type Breakers, type Verdict } from './breakers.ts';
import type { OutageBoard } from './outage-board.ts';

const place = { system: 'Azure', scope: 'a-subscription' } as const;
const probeMs = 30_000;
const down = new Unavailable('away', {});

type Clock = ReturnType<typeof testClock>;

/** As Redis keeps it; `isAway` when Redis is. */
function memoryBoard(clock: Clock) {
  const held = new Map<string, { since: number; probeAt: number }>();
  const asked: string[] = [];
  const standing = (name: string) => {
    const found = held.get(name);
    return found === undefined ? null : { since: found.since, probeInMs: Math.max(0, found.probeAt - clock.now()) };
  };
  const board: OutageBoard & { isAway: boolean; readonly asked: string[] } = {
    isAway: false,
    asked,
    look: async (name) => (said('look'), standing(name)),
    async claim(name, forMs) {
      said('claim');
      const found = held.get(name);
      if (found === undefined) return null;
      const isOurs = found.probeAt <= clock.now();
      if (isOurs) found.probeAt = clock.now() + forMs;
      return { since: found.since, probeInMs: found.probeAt - clock.now(), isOurs };
    },
    async hold(name, { since, probeInMs }) {
      said('hold');
      const kept = held.get(name)?.since ?? since;
      held.set(name, { since: kept, probeAt: clock.now() + probeInMs });
      return kept;
    },
    release: async (name) => (said('release'), void held.delete(name)),
  };
  const said = (what: string): void => {
    asked.push(what);
    if (board.isAway) throw new Error('Redis is away');
  };
  return board;
}

function world(processes = 1) {
  const clock = testClock();
  const board = memoryBoard(clock);
  const counts = new Map<string, number>();
  const telemetry: Telemetry = {
    count: (name: CounterName, labels) => void counts.set(`${name} ${Object.values(labels).join(' ')}`, (counts.get(`${name} ${Object.values(labels).join(' ')}`) ?? 0) + 1),
    set: (name, labels, value) => void counts.set(`${name} ${Object.values(labels).join(' ')}`, value),
  };
  const all = Array.from({ length: processes }, () => breakers({ board, clock, random: () => 0.5, probeMs, telemetry }));
  const [first] = all;
  if (first === undefined) throw new Error('there is no process');
  return { clock, board, counts, all, first };
}

const judge = (error: unknown): Verdict => (error === null ? answered : { is: 'away', ms: null });

/** @returns what was thrown; null when it went well. `sent` tells of every call that went out. */
async function call(held: Breakers, { fails = false, sent = () => {}, verdict = judge }: { fails?: boolean; sent?: () => void; verdict?: typeof judge } = {}): Promise<unknown> {
  return held.call(place, async () => {
    sent();
    if (fails) throw down;
  }, verdict).then(() => null, (error: unknown) => error);
}

async function open(held: Breakers): Promise<void> {
  for (let failure = 0; failure < 10; failure += 1) await call(held, { fails: true });
}

describe('a breaker', () => {
  test('the tenth failure holds everything back, and its own caller is told so too', async () => {
    const { first, counts } = world();
    for (let failure = 0; failure < 9; failure += 1) expect(await call(first, { fails: true })).toBe(down);
    expect(await call(first, { fails: true })).toBeInstanceOf(HeldBack);
    let sent = 0;
    const error = await call(first, { sent: () => (sent += 1) });
    expect(sent).toBe(0);
    expect(error).toMatchObject({ code: 'BreakerOpen', system: 'Azure', retryAfterMs: probeMs + probeMs / 2 });
    expect(Object.fromEntries(counts)).toMatchObject({ 'trueup_breaker_open Azure a-subscription': 1, 'trueup_calls_put_off_total Azure breaker': 1, 'trueup_calls_total Azure failed': 10 });
  });

  test('over all processes one call in 30 s tries, and its answer lets all of them go on', async () => {
    const { all, first, clock, counts } = world(3);
    await open(first);
    let sent = 0;
    const everybody = async (fails: boolean) => Promise.all(all.flatMap((held) => Array.from({ length: 20 }, () => call(held, { fails, sent: () => (sent += 1) }))));
    clock.advance(1500);
    await everybody(true);
    expect(sent, 'before 30 s are over').toBe(0);
    for (let tries = 1; tries <= 20; tries += 1) {
      clock.advance(probeMs);
      await everybody(true);
      expect(sent).toBe(tries);
    }
    clock.advance(probeMs);
    await everybody(false);
    clock.advance(1000);
    sent = 0;
    expect(await everybody(false)).toEqual(Array.from({ length: 60 }, () => null));
    expect(sent).toBe(60);
    expect(counts.get('trueup_breaker_open Azure a-subscription')).toBe(0);
  });

  test('it says since when the place does not answer, the same for all and through all tries', async () => {
    const { all: [first, second], clock } = world(2);
    if (first === undefined || second === undefined) throw new Error('there are two');
    const began = clock.now();
    await open(first);
    clock.advance(5000);
    expect(await second.since(place)).toBe(began);
    clock.advance(probeMs);
    expect(await call(second, { fails: true })).toMatchObject({ since: began });
    clock.advance(1000);
    expect(await first.since(place)).toBe(began);
    expect(await first.since({ system: 'Azure', scope: 'another' })).toBeNull();
  });

  test.each([
    { reason: 'a refusal', verdict: answered },
    { reason: 'a call that was cut off here', verdict: nothing },
  ])('$reason opens nothing', async ({ verdict }) => {
    const { first } = world();
    for (let time = 0; time < 50; time += 1) expect(await call(first, { fails: true, verdict: () => verdict })).toBe(down);
  });

  test('a place that says how long to stay away is not tried before', async () => {
    const { first, clock } = world();
    for (let time = 0; time < 10; time += 1) await call(first, { fails: true, verdict: () => ({ is: 'away', ms: 120_000 }) });
    let sent = 0;
    clock.advance(119_000);
    await call(first, { sent: () => (sent += 1) });
    expect(sent).toBe(0);
    clock.advance(1000);
    await call(first, { sent: () => (sent += 1) });
    expect(sent).toBe(1);
  });

  test('while it is closed Redis is asked once a second, however much is called', async () => {
    const { first, board, clock } = world();
    for (let second = 0; second < 10; second += 1) {
      await Promise.all(Array.from({ length: 100 }, () => call(first)));
      clock.advance(1000);
    }
    expect(board.asked).toHaveLength(10);
  });

  test('with Redis away calls go on as without a breaker', async () => {
    const { first, board, clock } = world();
    board.isAway = true;
    let sent = 0;
    for (let time = 0; time < 50; time += 1) expect(await call(first, { fails: true, sent: () => (sent += 1) })).toBe(down);
    expect(sent).toBe(50);
    board.isAway = false;
    clock.advance(1000);
    await open(first);
    expect(await call(first)).toBeInstanceOf(HeldBack);
    board.isAway = true;
    clock.advance(1000);
    expect(await call(first)).toBeNull();
  });

  test('a try whose process died is made by the next one', async () => {
    const { all: [first, second], clock } = world(2);
    if (first === undefined || second === undefined) throw new Error('there are two');
    await open(first);
    clock.advance(probeMs);
    void first.call(place, () => new Promise(() => undefined), judge);
    await expect.poll(() => call(second)).toBeInstanceOf(HeldBack);
    clock.advance(probeMs + 1000);
    expect(await call(second)).toBeNull();
  });
});
