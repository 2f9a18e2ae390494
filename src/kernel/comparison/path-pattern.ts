import { itemOf, keyOf, root, rulesAt, type Place } from './rule-book.ts';

/** One step of a pattern: a key, or an item of a list by its name; `*` is any. */
export interface PatternStep {
  readonly of: 'object' | 'list';
  readonly name: string;
}

/** Names a place of a container app, with everything below it. */
export interface PathPattern {
  readonly text: string;
  /** At least one. */
  readonly steps: readonly PatternStep[];
}

/** Resource ids and map keys may be parts of it. */
const longest = 400;

/** `properties.template.containers[main].env[*].value`: keys joined by dots, items of lists by name in brackets. Why not, where it is no pattern. */
export function parsePathPattern(text: string): PathPattern | { readonly why: string } {
  if (text.length > longest) return { why: `it is longer than ${longest} characters` };
  const steps = stepsOf(text);
  const first = steps?.[0];
  if (steps === null || first === undefined) return { why: 'it is not made of keys joined by dots, with items of lists by name in brackets' };
  if (first.of === 'list') return { why: 'it begins with an item of a list' };
  return first.name === '*' ? { why: 'it begins with `*`, which is everything' } : { text, steps };
}

/** Whether `path`, as a difference shows it, is the pattern's place or below it. Texts that are no pattern or no path fit nothing. */
export function fitsPath(pattern: string, path: string): boolean {
  const [wanted, steps] = [stepsOf(pattern), stepsOf(path)];
  return wanted !== null && steps !== null && steps.length >= wanted.length && agree(wanted, steps);
}

/** Whether the pattern's place may be below `path`; everything is below an empty one. */
export function leadsBelow(pattern: string, path: string): boolean {
  const [wanted, steps] = [stepsOf(pattern), path === '' ? [] : stepsOf(path)];
  return wanted !== null && steps !== null && wanted.length > steps.length && agree(wanted, steps);
}

/** As far as both of them go. */
function agree(wanted: readonly PatternStep[], steps: readonly PatternStep[]): boolean {
  let place = root;
  for (const [index, step] of steps.slice(0, wanted.length).entries()) {
    if (!isSame(place, wanted[index], step)) return false;
    place = step.of === 'object' ? keyOf(place, step.name) : itemOf(place, step.name);
  }
  return true;
}

/** Patterns on the way down a body: what is left of each that leads to this place or below it. Nothing left means that it fits. */
export type Leads = readonly (readonly PatternStep[])[];

export function leadsOf(patterns: readonly string[]): Leads {
  return patterns.flatMap((text) => {
    const steps = stepsOf(text);
    return steps === null ? [] : [steps];
  });
}

/** One key or item further down. A key may have dots of its own. */
export function leadsTo(leads: Leads, from: Place, { of, name }: PatternStep): Leads {
  const steps = of === 'list' ? [{ of, name }] : (stepsOf(name) ?? [{ of, name }]);
  return leads.filter((wanted) => steps.every((step, index) => index >= wanted.length || isSame(from, wanted[index], step))).map((wanted) => wanted.slice(steps.length));
}

/** A name compares as the comparison itself compares it at this place. */
function isSame(at: Place, wanted: PatternStep | undefined, { of, name }: PatternStep): boolean {
  if (wanted?.of !== of) return false;
  if (wanted.name === '*' || wanted.name === name) return true;
  const isCaseless = of === 'object' ? rulesAt(at).map === true : (rulesAt(at).itemKey ?? []).some((key) => rulesAt(keyOf(itemOf(at, ''), key)).canonical !== undefined);
  return isCaseless && wanted.name.toLowerCase() === name.toLowerCase();
}

/** Null for a text that is none. A name in brackets ends at the first bracket that closes before a dot, another bracket or the end. */
function stepsOf(text: string): readonly PatternStep[] | null {
  const steps: PatternStep[] = [];
  const step = /(?:^|\.)([^.[\]]+)|\[((?:[^\]]|\](?![.[]|$))+)\]/y;
  while (step.lastIndex < text.length) {
    const [, key, item] = step.exec(text) ?? [];
    if (key !== undefined) steps.push({ of: 'object', name: key });
    else if (item !== undefined) steps.push({ of: 'list', name: item });
    else return null;
  }
  return steps.length === 0 ? null : steps;
}
