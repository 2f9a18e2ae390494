import { isObject } from '../../../kernel/comparison/canonical.ts';
import { isSame } from '../editing/with-edits.ts';

/** Another value of a document's `spec`, as it counts in one environment; removed where `value` is undefined. */
export interface FieldChange {
  readonly kind: string;
  readonly name: string;
  /** Below `spec`. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** Paths of the container app that it is about begin so. */
  readonly about: string;
}

/** Every value that differs, as deep as both sides are mappings. */
export function fieldChanges(target: Omit<FieldChange, 'value'>, before: unknown, after: unknown): readonly FieldChange[] {
  if (isSame(before, after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ ...target, value: after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => fieldChanges({ ...target, path: [...target.path, key] }, before[key], after[key]));
}
