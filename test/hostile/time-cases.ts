/**
 * Clocks that are wrong, change or stand still. Left out here: a process that is stopped and goes on later (the proof of P3 does that with real
 * processes), a clock that is far from Redis' at the start (refused there), and the schedules of jobs, which Redis keeps. A
 * token of GitHub's that ends in the middle needs a process of its own, see `installation-token.test.ts` in `test/contract`.
 */
const day = 86_400_000;
const minute = 60_000;

interface StandingCase {
  readonly reason: string;
  /** Milliseconds between when a verdict or a scan was made, by the clock of who made it, and the clock of who shows it. */
  readonly age: number;
  readonly health: 'current' | 'stale';
  readonly scan: 'scanned' | 'missed';
}

export const standingCases: readonly StandingCase[] = [
  { reason: 'just made', age: minute, health: 'current', scan: 'scanned' },
  { reason: 'by a clock that is a little ahead', age: -minute, health: 'current', scan: 'scanned' },
  { reason: 'as old as is borne', age: 15 * minute, health: 'current', scan: 'scanned' },
  { reason: 'older than a scan may be', age: 15 * minute + 1, health: 'current', scan: 'missed' },
  { reason: 'older than a verdict may be', age: 30 * minute + 1, health: 'stale', scan: 'missed' },
  { reason: 'a day old, or by a clock that is a day behind', age: day, health: 'stale', scan: 'missed' },
  { reason: 'by a clock that is a day ahead: it would hold for a day', age: -day, health: 'stale', scan: 'missed' },
];

interface FreezeCase {
  readonly reason: string;
  readonly cron: string;
  readonly timezone: string;
  readonly hours: number;
  readonly at: string;
  readonly until: string | null;
}

/** Changes of summer time and of the date line. */
export const freezeCases: readonly FreezeCase[] = [
  { reason: 'a night that has no 2:30', cron: '30 2 * * *', timezone: 'Europe/Berlin', hours: 1, at: '2027-03-28T01:45:00Z', until: '2027-03-28T02:30:00.000Z' },
  { reason: 'a night that has 2:30 twice', cron: '30 2 * * *', timezone: 'Europe/Berlin', hours: 1, at: '2027-10-31T01:45:00Z', until: '2027-10-31T02:30:00.000Z' },
  { reason: 'the same on the other side of the year', cron: '30 2 * * *', timezone: 'Australia/Sydney', hours: 1, at: '2027-10-02T16:45:00Z', until: '2027-10-02T17:30:00.000Z' },
  { reason: 'a change of half an hour', cron: '0 2 * * *', timezone: 'Australia/Lord_Howe', hours: 2, at: '2027-04-03T15:30:00Z', until: '2027-04-03T17:30:00.000Z' },
  { reason: 'a zone of three quarters', cron: '0 9 * * *', timezone: 'Asia/Kathmandu', hours: 1, at: '2027-05-05T03:30:00Z', until: '2027-05-05T04:15:00.000Z' },
  { reason: 'a weekend over the change lasts its hours', cron: '0 17 * * 5', timezone: 'America/New_York', hours: 63, at: '2027-03-14T12:00:00Z', until: '2027-03-15T13:00:00.000Z' },
  { reason: 'a clock that is a day behind sees a window of yesterday', cron: '0 17 * * 5', timezone: 'UTC', hours: 24, at: '2027-03-12T17:00:00Z', until: '2027-03-13T17:00:00.000Z' },
  { reason: 'the end of a window is its end, to the millisecond', cron: '0 17 * * 5', timezone: 'UTC', hours: 24, at: '2027-03-13T17:00:00Z', until: null },
  { reason: 'the 29th of February of the next leap year', cron: '0 0 29 2 *', timezone: 'UTC', hours: 24, at: '2028-02-29T12:00:00Z', until: '2028-03-01T00:00:00.000Z' },
];
