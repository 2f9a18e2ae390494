import { fitsPath } from '../../../kernel/comparison/path-pattern.ts';
import type { DesiredDrift, DriftMode } from '../../../kernel/desired-state.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';

interface ModeBound {
  readonly class: DriftFinding['class'];
  /** Null is any path. */
  readonly path: RegExp | null;
  readonly most: 'report' | 'propose';
  readonly reason: string;
}

/** What no deployment puts right, whatever the manifest says. */
const modeBounds: readonly ModeBound[] = [
  { class: 'unmanaged', path: null, most: 'report', reason: 'a deployment deletes nothing' },
  { class: 'health-degraded', path: null, most: 'report', reason: 'what runs is as declared, and does not do well' },
  { class: 'replicas-out-of-bounds', path: null, most: 'report', reason: 'the bounds are set as declared; the same bounds again change nothing' },
  { class: 'access-lost', path: null, most: 'report', reason: 'a deployment grants no rights' },
  { class: 'never-applied', path: /rolled-back$/, most: 'report', reason: 'it was taken back on purpose' },
  { class: 'never-applied', path: null, most: 'propose', reason: 'nobody changed Azure: a deployment of it did not arrive, and trying that again is a word for people' },
  { class: 'secret-reference', path: /\.keyVaultUrl$/, most: 'propose', reason: 'the vault moved ahead, and only Git can follow' },
  { class: 'changed', path: /^identity(\.|$)/, most: 'propose', reason: 'an identity that is taken away loses its roles, and nothing brings them back' },
  { class: 'secret-reference', path: null, most: 'report', reason: 'a deployment makes no version of a secret usable' },
];

const order: Readonly<Record<DriftMode, number>> = { report: 0, propose: 1, heal: 2 };

type Found = Pick<DriftFinding, 'class' | 'service' | 'path'>;

/** By the first row that fits, else by the environment's word; never more than what could help. */
export function modeOf({ mode, paths }: DesiredDrift, found: Found): DriftMode {
  const row = paths.find(({ services, path }) => (services === null || services.includes(found.service)) && fitsPath(path, found.path));
  const asked = row?.mode ?? mode;
  const most = modeBounds.find((one) => one.class === found.class && (one.path === null || one.path.test(found.path)))?.most ?? 'heal';
  return order[asked] < order[most] ? asked : most;
}
