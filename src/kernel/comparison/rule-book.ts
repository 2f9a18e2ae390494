import type { Does } from './rule.ts';
import { rules } from './rules.ts';
import { writableFields } from './writable-fields.ts';

/** A place in a body, once as a pattern to find rules by and once as people read it. */
export interface Place {
  readonly pattern: string;
  readonly shown: string;
}

export const root: Place = { pattern: '', shown: '' };

const byPattern = new Map<string, Does>();
const ownedKeys = new Map<string, string[]>();
for (const { pattern, reason: _reason, source: _source, ...does } of rules) {
  byPattern.set(pattern, { ...byPattern.get(pattern), ...does });
  if (does.owned) {
    const dot = pattern.lastIndexOf('.');
    const parent = pattern.slice(0, dot);
    ownedKeys.set(parent, [...(ownedKeys.get(parent) ?? []), pattern.slice(dot + 1)]);
  }
}

const none: Does = {};

export function rulesAt(place: Place): Does {
  return byPattern.get(place.pattern) ?? none;
}

/** Whether a write may set it: what else is there is Azure's, or of a version to come. */
export function isWritable(place: Place): boolean {
  return writableFields.has(place.pattern);
}

/** Keys of the object at this place that a patch takes away although nobody declared them. */
export function ownedAt(place: Place): readonly string[] {
  return ownedKeys.get(place.pattern) ?? [];
}

/** A scale rule's kind (`http`, `custom`, ...) is a key of its own choosing, and so are those of a map. */
const anyKey = new Set(['properties.template.scale.rules[]']);

export function keyOf(place: Place, key: string): Place {
  const wild = rulesAt(place).map || (anyKey.has(place.pattern) && key !== 'name');
  const dotted = (prefix: string, last: string) => (prefix === '' ? last : `${prefix}.${last}`);
  return { pattern: dotted(place.pattern, wild ? '*' : key), shown: dotted(place.shown, key) };
}

export function itemOf(place: Place, key: string): Place {
  return { pattern: `${place.pattern}[]`, shown: `${place.shown}[${key}]` };
}
