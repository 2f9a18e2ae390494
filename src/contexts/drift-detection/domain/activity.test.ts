import { describe, expect, it } from 'vitest';
import { outsideWrite } from '../../../../test/support/outside-writes.ts';
import { fc, test } from '../../../../test/support/property.ts';
import type { OutsideWrite } from '../ports.ts';
import { activitySeen, afterDenial, nothingSeen, readSince, withWrites, type ActivitySeen } from './activity.ts';

const start = Date.UTC(2026, 10, 24, 12);
const at = (minute: number): string => new Date(start + minute * 60_000).toISOString();
const writes = fc.array(
  fc.record({ minute: fc.integer({ min: -30, max: 30 }), app: fc.constantFrom('a', 'B', null), who: fc.constantFrom('alice', 'bob'), isOurs: fc.boolean() }).map(({ minute, ...rest }) => outsideWrite({ ...rest, at: at(minute) })),
  { maxLength: 12 },
);

describe('what the log tells', () => {
  test('twice changes nothing the second time', () => {
    fc.assert(fc.property(writes, (told) => {
      const { activity } = withWrites(nothingSeen, told, start + 30 * 60_000);
      expect(withWrites(activity, told.toReversed(), start + 31 * 60_000)).toEqual({ activity, isNews: false });
      expect(activitySeen.parse(JSON.parse(JSON.stringify(activity)))).toEqual(activity);
    }));
  });

  test('late, in parts, ends in the same as at once', () => {
    fc.assert(fc.property(writes, writes, (some, others) => {
      const now = start + 30 * 60_000;
      const writersOf = ({ apps, others: rest }: ActivitySeen) => ({ apps: Object.fromEntries(Object.entries(apps).map(([app, list]) => [app, list.map((one) => one.at)])), rest: rest.map((one) => one.at) });
      const apart = withWrites(withWrites(nothingSeen, some, now).activity, others, now).activity;
      expect(writersOf(apart)).toEqual(writersOf(withWrites(nothingSeen, [...some, ...others.filter((one) => !some.some((known) => same(one, known)))], now).activity));
    }));
  });

  it.each([
    { reason: 'somebody wrote an app', told: outsideWrite(), isNews: true },
    { reason: 'we wrote it', told: outsideWrite({ isOurs: true }), isNews: false },
    { reason: 'a role was taken away', told: outsideWrite({ app: null, resource: '/x/providers/Microsoft.Authorization/roleAssignments/1' }), isNews: true },
    { reason: 'a vault was changed', told: outsideWrite({ app: null, resource: '/x/providers/Microsoft.KeyVault/vaults/kv' }), isNews: true },
    { reason: 'something that no finding is about', told: outsideWrite({ app: null, resource: '/x/providers/Microsoft.Storage/storageAccounts/s' }), isNews: false },
    { reason: 'a time that is none', told: outsideWrite({ at: 'yesterday' }), isNews: false },
  ])('is news or not: $reason', ({ told, isNews }) => {
    expect(withWrites(nothingSeen, [told], start).isNews).toBe(isNews);
  });

  it('of an operation whose beginning lies before what is read is the same operation', () => {
    const whole = outsideWrite({ id: 'op', at: at(0) });
    const { activity } = withWrites(nothingSeen, [whole], start + 60_000);
    const ended = withWrites(activity, [{ ...whole, at: at(20) }], start + 21 * 60_000);
    expect([ended.isNews, ended.activity.apps]).toEqual([false, activity.apps]);
  });

  it('is kept of the youngest only', () => {
    const many = Array.from({ length: 2000 }, (_, index) => outsideWrite({ app: `app${index % 1000}`, at: new Date(start - index * 1000).toISOString() }));
    const { activity } = withWrites(nothingSeen, many, start);
    expect([Object.keys(activity.apps).length, activity.known.length]).toEqual([500, 1000]);
    expect(activity.apps['app0']?.length).toBe(2);
    expect(activity.apps['app999']).toBeUndefined();
  });
});

describe('the log is read', () => {
  it.each([
    { reason: 'a day back at first', cursor: null, since: at(-24 * 60) },
    { reason: 'with an overlap for what is told late', cursor: at(-1), since: at(-16) },
    { reason: 'no further back than a day, however long nothing was written', cursor: at(-48 * 60), since: at(-24 * 60) },
  ])('$reason', ({ cursor, since }) => {
    expect(readSince({ ...nothingSeen, cursor }, start)).toBe(since);
  });

  it('ever more rarely while it is denied, and as before once it is allowed', () => {
    let seen = nothingSeen;
    const rests = Array.from({ length: 6 }, () => ((seen = afterDenial(seen, start)), ((seen.denied?.until ?? 0) - start) / 60_000));
    expect(rests).toEqual([10, 30, 90, 270, 360, 360]);
    expect(withWrites(seen, [], start).activity.denied).toBeNull();
  });

  it('a write of a clock that goes ahead does not move the cursor past now', () => {
    expect(withWrites(nothingSeen, [outsideWrite({ at: at(5) })], start).activity.cursor).toBeNull();
  });
});

function same(one: OutsideWrite, other: OutsideWrite): boolean {
  return one.at === other.at && one.who === other.who && one.resource.toLowerCase() === other.resource.toLowerCase() && one.isOurs === other.isOurs;
}
