import type { DesiredDriftPath, DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { Change, FieldDifference, Planner } from '../../kernel/plan.ts';
import { shortList } from '../../kernel/short-list.ts';

/** What the pull request changes about what counts as drift and what is done about it. Reads nothing and changes nothing. */
export const driftPlanner: Planner = async ({ base, head }) => ({ changes: head === null ? [] : changesOf(base, head), problems: [] });

interface Line {
  readonly says: string;
  readonly difference: FieldDifference;
}

/** How many of them the summary names; the differences have them all. */
const told = 2;

function changesOf(base: DesiredEnvironment | null, head: DesiredEnvironment): readonly Change[] {
  const lines = [...modeLine(base, head), ...ignoreLines(base, head), ...rowLines(base, head)];
  if (lines.length === 0) return [];
  const left = lines.length - told;
  const summary = `drift: ${[...lines.slice(0, told).map(({ says }) => says), ...(left > 0 ? [`${left} more`] : [])].join('; ')}`;
  const heals = (one: DesiredEnvironment | null): boolean => one !== null && [one.drift, ...one.drift.paths].some(({ mode }) => mode === 'heal');
  const about = { context: 'drift-detection', kind: 'RuntimeEnvironment', name: head.name, tenant: head.tenant } as const;
  // What is already not as declared is put back without anybody asking.
  const risk = heals(head) && !heals(base) ? 'medium' : 'low';
  return [{ ...about, action: 'update', effect: 'nothing in Azure', risk, summary, differences: lines.map(({ difference }) => difference) }];
}

function line(says: string, path: string, from: string | null, to: string | null): Line {
  return { says, difference: { path, lastApplied: from, desired: to, live: from } };
}

function modeLine(base: DesiredEnvironment | null, { drift }: DesiredEnvironment): readonly Line[] {
  if (base === null || base.drift.mode === drift.mode) return [];
  return [line(`${base.drift.mode} → ${drift.mode}`, 'spec.drift.mode', base.drift.mode, drift.mode)];
}

/** Ignored places by pattern, each with the services for which it is ignored. */
function ignoredIn(environment: DesiredEnvironment | null): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const { name, ignores } of environment?.services ?? []) {
    for (const { path, reason } of ignores) found.set(path, (found.get(path) ?? new Map<string, string>()).set(name, reason));
  }
  return found;
}

/** A service that comes or goes changes no row. */
function ignoreLines(base: DesiredEnvironment | null, head: DesiredEnvironment): readonly Line[] {
  const [before, after] = [ignoredIn(base), ignoredIn(head)];
  const names = ({ services }: DesiredEnvironment): readonly string[] => services.map(({ name }) => name);
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const [old, ours] = [before.get(path), after.get(path)];
    const left = [...(ours ?? [])].filter(([name]) => old?.has(name) !== true && (old === undefined || base?.services.some((one) => one.name === name) === true));
    const taken = [...(old?.keys() ?? [])].filter((name) => ours?.has(name) !== true && names(head).includes(name));
    return [...leftLine(path, left), ...takenLine(path, taken)];
  });
}

/** `left`: services, each with the reason. */
function leftLine(path: string, left: readonly (readonly [service: string, reason: string])[]): readonly Line[] {
  const [first] = left;
  if (first === undefined) return [];
  const names = left.map(([name]) => name);
  return [line(`leaves ${path} of ${listed(names)} to others (${first[1]})`, pathOf(path, names), null, `ignore: ${first[1]}`)];
}

function takenLine(path: string, taken: readonly string[]): readonly Line[] {
  if (taken.length === 0) return [];
  return [line(`takes ${path} of ${listed(taken)} back: what differs there is drift, and the next deployment sets it`, pathOf(path, taken), 'ignore', null)];
}

function rowLines(base: DesiredEnvironment | null, head: DesiredEnvironment): readonly Line[] {
  const [before, after] = [rowsOf(base), rowsOf(head)];
  const changed = [...new Map([...before, ...after])].filter(([key]) => before.get(key)?.mode !== after.get(key)?.mode);
  if (changed.length === 0) return base === null ? [] : orderLine([...before.values()], [...after.values()]);
  return changed.map(([key, { path, services }]) => {
    const [from, to] = [before.get(key)?.mode ?? null, after.get(key)?.mode ?? null];
    return line(`${pathOf(path, services)}: ${from ?? 'as the rest'} → ${to ?? 'as the rest'}`, pathOf(path, services), from, to);
  });
}

/** Of two rows about the same the first counts. */
function rowsOf(environment: DesiredEnvironment | null): ReadonlyMap<string, DesiredDriftPath> {
  const rows = Map.groupBy(environment?.drift.paths ?? [], ({ path, services }) => JSON.stringify([path, services]));
  return new Map([...rows].flatMap(([key, [first]]) => (first === undefined ? [] : [[key, first]])));
}

function orderLine(before: readonly DesiredDriftPath[], after: readonly DesiredDriftPath[]): readonly Line[] {
  const [from, to] = [before, after].map((rows) => rows.map(({ path, services }) => pathOf(path, services)).join(', '));
  return from === to ? [] : [line('its rows in another order', 'spec.drift.paths', from ?? null, to ?? null)];
}

function pathOf(path: string, services: readonly string[] | null): string {
  return services === null ? path : `${path} (${listed(services)})`;
}

function listed(names: readonly string[]): string {
  return shortList(names, 3);
}
