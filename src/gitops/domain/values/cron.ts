import { CronExpressionParser, type CronFieldCollection } from 'cron-parser';
import { written } from './written.ts';

const minutesPerDay = 1440;
const fields = /^[0-9A-Za-z*/,-]+(?: [0-9A-Za-z*/,-]+){4}$/;
const words = new Set('jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat'.split(' '));

const expected = 'five fields: minute, hour, day of month, month, day of week, such as `0 17 * * 5`';

/** When something begins: five fields of numbers, lists, ranges and steps, with the names of months and days. No seconds, no `@daily`, no `L` or `#`. */
export const cron = written({ description: 'Minute, hour, day of month, month, day of week.', examples: ['0 17 * * 5'] }, (text, refuse) => {
  const read = fieldsOf(text);
  if (read === null) return refuse({ code: 'invalid-cron', message: 'This is not a schedule', expected });
  if (firstDay(read) === null) return refuse({ code: 'invalid-cron', message: 'No day is ever like this', expected: 'a day that comes' });
  return text;
});

function fieldsOf(text: string): CronFieldCollection | null {
  const known = (text.toLowerCase().match(/[a-z]+/g) ?? []).every((word) => words.has(word));
  if (text.length > 100 || !fields.test(text) || !known) return null;
  try {
    // A time of its own: nothing here depends on when it is read.
    return CronExpressionParser.parse(text, { currentDate: new Date(0), tz: 'UTC' }).fields;
  } catch {
    return null;
  }
}

/** Whether a time of this length that begins at each of these moments ever ends before the next begins. Clocks that are changed do not count. */
export function everEnds(schedule: string, durationMs: number): boolean {
  const read = fieldsOf(schedule);
  if (read === null) return true;
  const length = durationMs / 60_000;
  const inDay = minutesOf(read);
  const [first = 0, last = 0] = [inDay[0], inDay.at(-1)];
  if (inDay.some((minute, index) => minute - (inDay[index - 1] ?? minute) > length)) return true;
  let before: number | null = null;
  for (let day = 0; day < days().length; day += 1) {
    if (!comesOn(read, day)) continue;
    if (before !== null && (day - before) * minutesPerDay + first - last > length) return true;
    before = day;
  }
  return false;
}

function minutesOf({ hour, minute }: CronFieldCollection): readonly number[] {
  return hour.values.flatMap((hours) => minute.values.map((minutes) => hours * 60 + minutes)).sort((a, b) => a - b);
}

function firstDay(read: CronFieldCollection): number | null {
  const index = days().findIndex((_, day) => comesOn(read, day));
  return index === -1 ? null : index;
}

/** As cron has it: where both kinds of day are restricted, either will do. */
function comesOn({ month, dayOfMonth, dayOfWeek }: CronFieldCollection, index: number): boolean {
  const day = days()[index];
  if (day === undefined || !month.values.some((value) => value === day.month)) return false;
  const byDate = dayOfMonth.values.some((value) => value === day.date);
  const byWeekday = dayOfWeek.values.some((value) => Number(value) % 7 === day.weekday);
  if (dayOfMonth.isWildcard || dayOfWeek.isWildcard) return byDate && byWeekday;
  return byDate || byWeekday;
}

interface Day {
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

let calendar: readonly Day[] | null = null;

/** 28 years: after as many, dates fall on the same weekdays again. */
function days(): readonly Day[] {
  calendar ??= Array.from({ length: 28 * 365 + 7 }, (_, index) => {
    const date = new Date(Date.UTC(2024, 0, 1 + index));
    return { month: date.getUTCMonth() + 1, date: date.getUTCDate(), weekday: date.getUTCDay() };
  });
  return calendar;
}
