import { z } from 'zod';
import { written } from './written.ts';

/** Lengths of time, sizes and shares as people write them, read into milliseconds, bytes and numbers. */
const msPer: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const bytesPer: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

interface DurationRange {
  readonly min: string;
  readonly max: string;
  /** Azure takes whole seconds. */
  readonly wholeSeconds?: true;
  /** For the reference; `min` when left out. */
  readonly example?: string;
}

export function parseDuration(text: string): number | null {
  const match = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = msPer[match?.[2] ?? ''];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}

/** @returns a schema for milliseconds within the range, both ends included. */
export function duration({ min, max, wholeSeconds, example = min }: DurationRange) {
  const lowest = parseDuration(min) ?? 0;
  const highest = parseDuration(max) ?? Number.MAX_SAFE_INTEGER;
  const expected = `a duration from ${min} to ${max}, such as 300ms, 5s, 5m, 12h or 90d`;
  const about = { pattern: '^[0-9]+(ms|s|m|h|d)$', description: `From ${min} to ${max}.`, examples: [example] };
  return written(about, (text, refuse) => {
    const ms = parseDuration(text);
    if (ms === null) return refuse({ code: 'invalid-duration', message: 'This is not a duration', expected });
    if (ms < lowest || ms > highest) return refuse({ code: 'out-of-range', message: 'The duration is out of range', expected });
    if (wholeSeconds && ms % 1000 !== 0) {
      return refuse({ code: 'invalid-duration', message: 'Azure takes whole seconds here', expected: `whole seconds from ${min} to ${max}` });
    }
    return ms;
  });
}

const memoryShape = /^([0-9]{1,6}(?:\.[0-9]{1,4})?)(Ki|Mi|Gi|Ti)$/;

/** Bytes. */
export const memory = written({ pattern: memoryShape.source, examples: ['1Gi', '512Mi'] }, (text, refuse) => {
  const match = memoryShape.exec(text);
  const unit = bytesPer[match?.[2] ?? ''];
  const bytes = match === null || unit === undefined ? 0 : Number(match[1]) * unit;
  if (bytes > 0) return bytes;
  return refuse({ code: 'invalid-memory', message: 'This is not an amount of memory', expected: 'a number with Ki, Mi, Gi or Ti, such as 512Mi or 1Gi' });
});

/** As Azure writes memory: `1Gi`, `0.5Gi`. */
export function inGibibytes(bytes: number): string {
  return `${bytes / 2 ** 30}Gi`;
}

/** Cores of one replica on the consumption plan come in quarters. */
export const cores = z.number().positive().max(64).meta({ description: 'Cores of one replica.', examples: [0.25, 0.5, 1] });

const percentShape = /^(>=\s*)?([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%$/;

function percentOf(text: string): number | null {
  const share = Number(percentShape.exec(text)?.[2] ?? Number.NaN);
  return share >= 0 && share <= 100 ? share : null;
}

/** A number from 0 to 100. */
export const percent = written({ pattern: '^[0-9]{1,3}(\\.[0-9]{1,4})?\\s*%$', examples: ['99.9%'] }, (text, refuse) => {
  const share = text.startsWith('>') ? null : percentOf(text);
  return share ?? refuse({ code: 'invalid-percentage', message: 'This is not a percentage', expected: '0% to 100%, such as 99.9%' });
});

/** A number from 0 to 100, written as the least that is good enough. */
export const atLeastPercent = written({ pattern: '^>=\\s*[0-9]{1,3}(\\.[0-9]{1,4})?\\s*%$', examples: ['>= 99%'] }, (text, refuse) => {
  const share = text.startsWith('>=') ? percentOf(text) : null;
  return share ?? refuse({ code: 'invalid-percentage', message: 'This is not a least percentage', expected: '">= 0%" to ">= 100%", such as ">= 99%"' });
});
