import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Counts = Readonly<Record<string, number>>;

export interface Bounds {
  /** May only rise: less than this fails. */
  readonly atLeast: Counts;
  /** May only fall: more than this fails. */
  readonly atMost: Counts;
}

/** What every suite that is held against something outside has reached, committed: `test/contract/totals.json`. */
export const totalsFile = join(import.meta.dirname, '../contract/totals.json');
const reportFolder = join(import.meta.dirname, '../../.trueup/totals');

export function readTotals(text: string): Readonly<Record<string, Bounds>> {
  return JSON.parse(text) as Record<string, Bounds>; // our own file; its test holds its shape
}

/**
 * Prints what a contract suite counted, leaves it for the end of CI's output (`.trueup/totals/<name>.json`) and holds it against its bounds.
 * @throws when a number is on the wrong side of its bound or has none, or a bound has no number.
 */
export function heldTotals(name: string, counts: Counts): void {
  const bounds = readTotals(readFileSync(totalsFile, 'utf8'))[name] ?? { atLeast: {}, atMost: {} };
  mkdirSync(reportFolder, { recursive: true });
  writeFileSync(join(reportFolder, `${name}.json`), `${JSON.stringify(counts)}\n`);
  process.stdout.write(`contract ${name}: ${Object.entries(counts).map(([what, count]) => `${count} ${what}${beside(count, bounds.atLeast[what] ?? bounds.atMost[what])}`).join(', ')}\n`);
  const faults = faultsOf(counts, bounds);
  if (faults.length > 0) throw new Error(faults.map((fault) => `${name}: ${fault}`).join('\n'));
}

function beside(count: number, bound: number | undefined): string {
  return bound === undefined || bound === count ? '' : ` (bound ${bound}, tighten it)`;
}

export function faultsOf(counts: Counts, { atLeast, atMost }: Bounds): readonly string[] {
  const counted = Object.entries(counts).flatMap(([what, count]) => {
    const [floor, ceiling] = [atLeast[what], atMost[what]];
    if (floor === undefined && ceiling === undefined) return [`${what} has no bound in test/contract/totals.json`];
    if (floor !== undefined && count < floor) return [`${count} ${what}, at least ${floor} are wanted: what was reached before is lost`];
    if (ceiling !== undefined && count > ceiling) return [`${count} ${what}, at most ${ceiling} are allowed: something differs that did not before`];
    return [];
  });
  const forgotten = Object.keys({ ...atLeast, ...atMost }).filter((what) => !Object.hasOwn(counts, what));
  return [...counted, ...forgotten.map((what) => `${what} has a bound and was not counted`)];
}
