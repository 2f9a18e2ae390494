import type { FieldDifference } from '../../../kernel/plan.ts';

/**
 * Settings of the whole app that the next write takes away and that no release ever had: a way back has nothing to bring them back from.
 * By their keys alone, since what items are called is written by whoever made them.
 */
export function goneForGood(differences: readonly FieldDifference[]): readonly string[] {
  return [...new Set(differences.filter(isGoneForGood).map(({ path }) => keyOf(path)))];
}

function isGoneForGood({ path, lastApplied, desired, live }: FieldDifference): boolean {
  if (/^(?:properties\.template|tags)(?:\.|$)/.test(path) || live === null) return false;
  // Whoever gets the app's own identity back gets another one, without the rights of the first.
  if (path === 'identity.type') return hasOwn(live) && !hasOwn(desired);
  return desired === null && lastApplied === null;
}

function hasOwn(type: unknown): boolean {
  return typeof type === 'string' && /systemassigned/i.test(type);
}

function keyOf(path: string): string {
  const [place = path] = path.replace(/^properties\.(?:configuration\.)?/, '').split('[');
  return place.startsWith('identity') ? 'identity' : place;
}
