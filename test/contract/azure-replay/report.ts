import { listFaults, type Lists, type Verdict } from './judging.ts';

/** Numbers of a replay. */
export interface ReplayTotals extends Readonly<Record<string, number>> {
  readonly matched: number;
  readonly differing: number;
  readonly notModelled: number;
  /** Values that were the same, that stand for the recorded one, and of which only the form was looked at. */
  readonly exact: number;
  readonly masked: number;
  readonly opaque: number;
}

export function totalsOf(verdicts: readonly Verdict[]): ReplayTotals {
  const count = (outcome: Verdict['outcome']) => verdicts.filter((one) => one.outcome === outcome).length;
  const sum = (kind: 'exact' | 'masked' | 'opaque') => verdicts.reduce((total, { replayed }) => total + replayed.comparison[kind], 0);
  return { matched: count('matched'), differing: count('differing'), notModelled: count('not modelled'), exact: sum('exact'), masked: sum('masked'), opaque: sum('opaque') };
}

/** Why a replay fails; empty when it does not. */
export function faultsOf(verdicts: readonly Verdict[], lists: Lists): readonly string[] {
  const unknown = verdicts.flatMap(({ replayed, unknown: differences }) =>
    differences.map(({ path, recorded, ours }) => `${replayed.flow} ${replayed.index} ${replayed.request}\n    ${path}: ${recorded} -> ${ours}`),
  );
  return [...unknown, ...listFaults(verdicts, lists)];
}

export function reportOf(verdicts: readonly Verdict[], lists: Lists): string {
  return [...flowLines(verdicts), '', ...knownLines(verdicts, lists), ...leftLines(verdicts, lists), '', totalLine(totalsOf(verdicts))].join('\n');
}

function flowLines(verdicts: readonly Verdict[]): readonly string[] {
  const flows = Map.groupBy(verdicts, ({ replayed }) => replayed.flow.replace(/#.*/, ''));
  const rows = [...flows].map(([flow, own]) => {
    const { matched, differing, notModelled } = totalsOf(own);
    const unknown = own.filter((one) => one.unknown.length > 0).length;
    return [flow, ...[matched, differing, unknown, notModelled].map(String)];
  });
  return table([['flow', 'matched', 'differing', 'of them unknown', 'not modelled'], ...rows]);
}

function knownLines(verdicts: readonly Verdict[], { known }: Lists): readonly string[] {
  return known.flatMap(({ id, reason }) => {
    const met = verdicts.filter((one) => one.known.some(({ by }) => by.id === id));
    const [example] = met.flatMap((one) => one.known.filter(({ by }) => by.id === id));
    if (example === undefined) return [];
    const { path, recorded, ours } = example.difference;
    return [`known, ${met.length} interactions: ${id}: ${reason}`, `    ${path}: ${recorded} -> ${ours}`];
  });
}

function leftLines(verdicts: readonly Verdict[], { notModelled }: Lists): readonly string[] {
  const left = verdicts.filter(({ outcome }) => outcome === 'not modelled');
  return notModelled.map(({ request, what }) => `not modelled, ${left.filter(({ replayed }) => request.test(replayed.request)).length} interactions: ${what}`);
}

function totalLine({ matched, differing, notModelled, exact, masked, opaque }: ReplayTotals): string {
  const interactions = matched + differing + notModelled;
  return `${interactions} interactions: ${matched} matched, ${differing} differing, ${notModelled} not modelled; of the values ${exact} exactly, ${masked} one to one, ${opaque} by their form`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '));
}
