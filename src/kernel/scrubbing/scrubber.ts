import { jsonOrNull } from '../json-or-null.ts';
import type { Telemetry } from '../telemetry.ts';
import type { KnownSecrets, Region } from './known-secrets.ts';
import { secretShapes } from './secret-shapes.ts';

/** Where texts leave the process. */
type Sink = 'log' | 'github' | 'redis' | 'http' | 'cli';

/** The last stage before a sink. It has nothing to do as long as everything before it is right: what it takes out, it counts. */
export interface Scrubber {
  /** The text without secrets. */
  text(text: string): string;
  /** A text of JSON without secrets in its keys and values, and JSON again. What is none is a text like others. */
  jsonText(text: string): string;
  /** For what must stay whole or not leave at all: whether it holds a secret. Counted, too. */
  holds(value: unknown): boolean;
}

export interface Scrubbing {
  readonly to: (sink: Sink) => Scrubber;
  /** Also what was counted before. */
  countTo(telemetry: Telemetry): void;
}

const mark = '[secret]';

export function scrubbing(known: Pick<KnownSecrets, 'regionsIn'>): Scrubbing {
  let telemetry: Telemetry | null = null;
  const before = new Map<Sink, number>();
  const count = (sink: Sink, found: number): void => {
    if (found === 0) return;
    if (telemetry !== null) telemetry.count('trueup_scrubbed_total', { sink }, found);
    else before.set(sink, (before.get(sink) ?? 0) + found);
  };
  return {
    to: (sink) => scrubberTo(known, (found) => count(sink, found)),
    countTo(next) {
      telemetry = next;
      for (const [sink, found] of before) count(sink, found);
      before.clear();
    },
  };
}

/** Where no secret of one's own is known. */
export const shapesOnly: Scrubbing = scrubbing({ regionsIn: () => [] });

function scrubberTo(known: Pick<KnownSecrets, 'regionsIn'>, count: (found: number) => void): Scrubber {
  const cleaned = (value: unknown): { readonly value: unknown; readonly found: number } => {
    let found = 0;
    const clean = (one: unknown): unknown => {
      if (typeof one === 'string') {
        const scrubbed = scrub(known, one);
        found += scrubbed.found;
        return scrubbed.text;
      }
      if (Array.isArray(one)) return one.map(clean);
      if (typeof one !== 'object' || one === null) return one;
      return Object.fromEntries(Object.entries(one).map(([key, item]) => [clean(key), clean(item)]));
    };
    return { value: clean(value), found };
  };
  return {
    text(text) {
      const { text: scrubbed, found } = scrub(known, text);
      count(found);
      return scrubbed;
    },
    jsonText(text) {
      const value = jsonOrNull(text);
      if (value === null) return this.text(text);
      const scrubbed = cleaned(value);
      count(scrubbed.found);
      return scrubbed.found === 0 ? text : `${JSON.stringify(scrubbed.value)}${text.endsWith('\n') ? '\n' : ''}`;
    },
    holds(value) {
      const { found } = cleaned(value);
      count(found);
      return found > 0;
    },
  };
}

/** What is known goes first: it may have a shape, too. */
function scrub(known: Pick<KnownSecrets, 'regionsIn'>, text: string): { readonly text: string; readonly found: number } {
  const regions = known.regionsIn(text);
  let found = regions.length;
  let result = regions.length === 0 ? text : without(text, regions);
  for (const { pattern } of secretShapes) {
    result = result.replaceAll(pattern, (...match: unknown[]) => {
      found += 1;
      const groups = match.at(-1);
      return `${typeof groups === 'object' && groups !== null && 'before' in groups && typeof groups.before === 'string' ? groups.before : ''}${mark}`;
    });
  }
  return { text: result, found };
}

function without(text: string, regions: readonly Region[]): string {
  const kept = regions.map(({ from }, index) => text.slice(regions[index - 1]?.to ?? 0, from));
  return `${kept.map((part) => `${part}${mark}`).join('')}${text.slice(regions.at(-1)?.to ?? 0)}`;
}
