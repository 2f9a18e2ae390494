import { parseDuration } from './units.ts';
import { written } from './written.ts';

/** Numbers and lengths of time as the most or the least that is good enough. */

const mostRestarts = 1000;

/** A whole number, written as the most that is good enough. */
export const atMostCount = written({ pattern: '^<=\\s*[0-9]{1,4}$', examples: ['<= 2'] }, (text, refuse) => {
  const count = Number(/^<=\s*([0-9]{1,4})$/.exec(text)?.[1] ?? Number.NaN);
  if (count <= mostRestarts) return count;
  return refuse({ code: 'invalid-bound', message: 'This is not a greatest number', expected: `"<= 0" to "<= ${mostRestarts}", such as "<= 2"` });
});

const longest = 3_600_000;

/** Milliseconds, written as the most that is good enough. */
export const atMostDuration = written({ pattern: '^<=\\s*[0-9]+(ms|s|m|h)$', examples: ['<= 500ms'] }, (text, refuse) => {
  const ms = text.startsWith('<=') ? parseDuration(text.slice(2).trim()) : null;
  if (ms !== null && ms > 0 && ms <= longest) return ms;
  return refuse({ code: 'invalid-bound', message: 'This is not a greatest duration', expected: '"<= 1ms" to "<= 1h", such as "<= 500ms"' });
});

interface NumberBound {
  readonly comparison: '<=' | '>=';
  readonly value: number;
}

const boundShape = /^(<=|>=)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)$/;

/** A number with the side on which it is good. */
export const numberBound = written({ pattern: boundShape.source, examples: ['<= 5', '>= 0.99'] }, (text, refuse): NumberBound => {
  const [, comparison, value] = boundShape.exec(text) ?? [];
  if (comparison === '<=' || comparison === '>=') return { comparison, value: Number(value) };
  return refuse({ code: 'invalid-bound', message: 'This is not a bound', expected: '"<= NUMBER" or ">= NUMBER", such as "<= 5" or ">= 0.99"' });
});
