import type { DesiredService } from '../../../kernel/desired-state.ts';
import { isIll } from './health.ts';
import type { DriftFindings } from './runtime-drift-finding.ts';

const suspectsAtOnce = 40;
const roundAtOnce = 3;

export interface ToCount {
  readonly services: ReadonlySet<string>;
  /** The service that the slow round came to. */
  readonly roundAt: string;
}

/** Whose replicas are counted in this scan: where something says that they are out of bounds, and a few more, so that each has its turn. */
export function replicasToCount({ open, doubted, inventory, roundAt, health }: DriftFindings, services: readonly DesiredService[]): ToCount {
  const isOpen = new Set(open.filter((one) => one.class === 'replicas-out-of-bounds').map(({ service }) => service));
  const isOut = ({ name, replicas: { min, max } }: DesiredService): boolean => {
    const counted = inventory[name];
    return counted !== undefined && (counted < min || counted > max);
  };
  const suspects = services.filter((one) => isOpen.has(one.name) || doubted.includes(one.name) || isOut(one) || isIll({ health }, one.name)).map(({ name }) => name);
  // What is open is looked at in any case: nothing else would close it.
  const first = suspects.toSorted((a, b) => Number(isOpen.has(b)) - Number(isOpen.has(a)));
  const names = services.map(({ name }) => name).sort();
  // Past the last name it begins again.
  const from = Math.max(0, names.findIndex((name) => name > roundAt));
  const round = [...names.slice(from), ...names.slice(0, from)].slice(0, roundAtOnce);
  return { services: new Set([...first.slice(0, Math.max(suspectsAtOnce, isOpen.size)), ...round]), roundAt: round.at(-1) ?? '' };
}
