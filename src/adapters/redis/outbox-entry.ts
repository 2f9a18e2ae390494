import { parseEnvelope } from '../../kernel/envelope.ts';
import type { OutboxEntry } from '../../kernel/delivery-ports.ts';

/** Values of the stream's fields `envelope` and `delay`. */
export function entryFields({ envelope, delayMs }: Omit<OutboxEntry, 'id'>): readonly [string, string] {
  return [JSON.stringify(envelope), String(delayMs)];
}

/** @throws when the entry does not hold an envelope that this version knows. */
export function readEntry(id: string, fields: readonly string[]): OutboxEntry {
  const value = (name: string): string | undefined => fields[fields.indexOf(name) + 1];
  const text = value('envelope');
  if (text === undefined) throw new TypeError('the outbox entry holds no envelope');
  return { id, envelope: parseEnvelope(JSON.parse(text)), delayMs: Number(value('delay') ?? 0) };
}
