import { canonicalJson } from '../../kernel/digest.ts';
import type { Save } from '../../kernel/outcome.ts';
import type { AggregateKey, Reader, Store } from '../../kernel/ports.ts';

/** An aggregate of gitops as it was read, with what is needed to save it again. */
export interface Loaded<T> {
  readonly value: T | null;
  /** @returns the write that only succeeds when nobody wrote in between. */
  save(value: T & object): Save;
  /** @returns the removal, under the same condition. */
  remove(): Save;
}

export async function loadRecord<T>(store: Store, key: AggregateKey, schema: Reader<T>): Promise<Loaded<T>> {
  const stored = await store.load(key, schema);
  return {
    value: stored?.value ?? null,
    save: (value) => ({ key, expectedVersion: stored?.version ?? 0, value }),
    remove: () => ({ key, expectedVersion: stored?.version ?? 0, value: null }),
  };
}

/** The write of an aggregate that says something else than what was read; none otherwise. */
export function savedIfOther<T>(loaded: Loaded<T>, value: T & object): readonly Save[] {
  return canonicalJson(value) === canonicalJson(loaded.value) ? [] : [loaded.save(value)];
}
