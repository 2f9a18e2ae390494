import { Conflict } from '../../src/kernel/errors.ts';
import type { EmittedMessage } from '../../src/kernel/envelope.ts';
import type { Outcome, Save } from '../../src/kernel/outcome.ts';
import type { AggregateKey, Reader, Store, Stored } from '../../src/kernel/ports.ts';

export interface MemoryStore extends Store {
  /** Commits an outcome as the real store does: every version is compared first, then all is written. @throws Conflict on another version. */
  apply(outcome: Outcome): void;
  /** What was emitted by applied outcomes, in order. */
  readonly emitted: EmittedMessage[];
  /** Every stored value under `tenant|type|id`, to compare worlds. */
  snapshot(): Record<string, unknown>;
  clear(): void;
}

/** Values are kept as JSON text, so that nothing survives that the real store would lose. What is read again unchanged is parsed once, and frozen. */
export function memoryStore(): MemoryStore {
  const rows = new Map<string, { key: AggregateKey; version: number; json: string | null; read: Map<Reader<unknown>, unknown> }>();
  const emitted: EmittedMessage[] = [];

  function check({ key, expectedVersion }: Save): void {
    const version = rows.get(rowId(key))?.version ?? 0;
    if (version !== expectedVersion) throw new Conflict(`expected version ${expectedVersion}, found ${version}`, {});
  }

  function write({ key, expectedVersion, value }: Save): void {
    rows.set(rowId(key), { key, version: expectedVersion + 1, json: value === null ? null : JSON.stringify(value), read: new Map() });
    if (value === null) rows.delete(rowId(key));
  }

  return {
    emitted,
    async load<T>(key: AggregateKey, schema: Reader<T>): Promise<Stored<T> | null> {
      const row = rows.get(rowId(key));
      if (!row?.json) return null;
      if (!row.read.has(schema)) row.read.set(schema, frozen(schema.parse(JSON.parse(row.json))));
      // What this schema gave.
      return { version: row.version, value: row.read.get(schema) as T };
    },
    async list(type) {
      return [...rows.values()].map((row) => row.key).filter((key) => key.type === type);
    },
    apply(outcome) {
      outcome.saves.forEach(check);
      outcome.saves.forEach(write);
      emitted.push(...outcome.emits);
    },
    snapshot: () => Object.fromEntries([...rows].map(([id, row]) => [id, JSON.parse(row.json ?? 'null')])),
    clear: () => rows.clear(),
  };
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

function rowId({ tenantId, type, id }: AggregateKey): string {
  return `${tenantId}|${type}|${id}`;
}
