import { rules, type Rule } from './rules.ts';

export type PlaceRules = Omit<Rule, 'pattern' | 'reason' | 'source'>;

/** A place in a body, once as a pattern to find rules by and once as people read it. */
export interface Place {
  readonly pattern: string;
  readonly shown: string;
}

export const root: Place = { pattern: '', shown: '' };

const byPattern = new Map<string, PlaceRules>();
const ownedKeys = new Map<string, string[]>();
for (const { pattern, reason: _reason, source: _source, ...does } of rules) {
  byPattern.set(pattern, { ...byPattern.get(pattern), ...does });
  if (does.owned) {
    const dot = pattern.lastIndexOf('.');
    const parent = pattern.slice(0, dot);
    ownedKeys.set(parent, [...(ownedKeys.get(parent) ?? []), pattern.slice(dot + 1)]);
  }
}

const none: PlaceRules = {};

export function rulesAt(place: Place): PlaceRules {
  return byPattern.get(place.pattern) ?? none;
}

/** Keys of the object at this place that are ours although nobody declared them. */
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
