import { describe, expect, it } from 'vitest';
import type { DesiredFreeze } from '../../../kernel/desired-state.ts';
import { holdOf } from './hold.ts';

const now = Date.parse('2026-06-12T17:00:00Z');
const freeze = (reason: string | null): DesiredFreeze => ({ cron: '0 16 * * *', timezone: 'UTC', durationMs: 7_200_000, reason });
const past: DesiredFreeze = { ...freeze(null), cron: '0 10 * * *' };
const paused = { by: 'octocat', at: '2026-06-12T16:30:00.000Z' };
const until = '2026-06-12T18:00:00.000Z';

describe('what holds an environment', () => {
  it.each([
    { reason: 'nothing', paused: null, freezes: [past], hold: null },
    { reason: 'a freeze, until its end', paused: null, freezes: [freeze(null)], hold: { why: 'frozen', detail: 'Inside a freeze window of the environment', until } },
    { reason: 'a freeze that says why', paused: null, freezes: [freeze('weekend')], hold: { why: 'frozen', detail: 'Inside a freeze window of the environment: weekend', until } },
    { reason: 'a person, whom to ask', paused, freezes: [past], hold: { why: 'paused', detail: 'Paused by octocat', until: null } },
    { reason: 'a person first: the end of the freeze would not free it', paused, freezes: [freeze('weekend')], hold: { why: 'paused', detail: 'Paused by octocat', until: null } },
  ])('$reason', ({ paused: by, freezes, hold }) => {
    expect(holdOf({ paused: by }, freezes, now)).toEqual(hold);
  });
});
