import { InvalidArgumentError } from 'commander';
import type { Pace } from '../../local/azure/world.ts';

/** `quick` for tests. `real` after what was measured of Azure: minutes for an environment, most of a minute for an app. */
const paces = {
  quick: { operationMs: 100, environmentMs: 200, readyMs: 200, metricsDelayMs: 200, activityDelayMs: 200, expiryMs: 2_000, vaultSyncMs: 5_000 },
  real: { operationMs: 25_000, environmentMs: 120_000, readyMs: 20_000, metricsDelayMs: 120_000, activityDelayMs: 300_000, expiryMs: 720_000, vaultSyncMs: 1_800_000 },
} as const satisfies Record<string, Pace>;

export type PaceName = keyof typeof paces;
// A literal object has no keys but the ones it is written with.
export const paceNames = Object.keys(paces) as [PaceName, ...PaceName[]];
export const paceKeys = Object.keys(paces.quick) as [keyof Pace, ...(keyof Pace)[]];

export function isPaceName(value: unknown): value is PaceName {
  return paceNames.some((name) => name === value);
}

export function paceOf(named: PaceName | Partial<Record<string, number | undefined>> | undefined): Partial<Pace> {
  if (typeof named === 'string') return paces[named];
  return Object.fromEntries(Object.entries(named ?? {}).filter(([, ms]) => ms !== undefined));
}

/** Reads one `--pace`: a name, or one or more `KEY=MS`; later ones add to those before. */
export function paceOption(text: string, before: Partial<Pace> = {}): Partial<Pace> {
  if (isPaceName(text)) return { ...before, ...paces[text] };
  return { ...before, ...Object.fromEntries(text.split(',').map(setting)) };
}

function setting(text: string): readonly [string, number] {
  const [, key = '', ms = ''] = /^([A-Za-z]+)=(\d+)$/.exec(text.trim()) ?? [];
  if (!paceKeys.some((known) => known === key)) throw new InvalidArgumentError(`It is ${paceNames.join(', ')}, or KEY=MILLISECONDS with ${paceKeys.join(', ')} as the key.`);
  return [key, Number(ms)];
}
