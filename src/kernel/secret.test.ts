import { format, inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect } from 'vitest';
import { fc, test } from '../../test/support/property.ts';
import { Secret } from './secret.ts';

const value = 'ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9';

/** Object graphs with a secret somewhere in them. */
const graph = fc.letrec<{ readonly node: unknown }>((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, fc.constant(new Secret(value)), fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.string({ maxLength: 5 }), tie('node'), { maxKeys: 3 }), fc.string({ maxLength: 5 }))
}));

function logged(fields: object): string {
  const lines: string[] = [];
  pino({}, { write: (line: string) => void lines.push(line) }).info(fields, 'a line');
  return lines.join('');
}

describe('a secret', () => {
  test('is in no form of any object that holds it', () => {
    fc.assert(fc.property(graph.node, (held) => {
      const all = { held, secret: new Secret(value) };
      const shown = [JSON.stringify(all), inspect(all, { depth: null, showHidden: true }), format('%s %o %j', all, all, all), logged(all), JSON.stringify({ ...all.secret }), JSON.stringify(Object.entries(all.secret))];
      for (const text of shown) expect(text).not.toContain(value.slice(4, 16));
    }), { numRuns: 200 });
  });

  test.each([
    { reason: 'a template', show: (secret: Secret<string>) => `${secret}` },
    { reason: 'a sum', show: (secret: Secret<string>) => 'x'.concat(String(secret)) },
    { reason: 'a message of an error', show: (secret: Secret<string>) => String(new Error(`not ${secret}`).stack) },
    { reason: 'the cause of an error', show: (secret: Secret<string>) => inspect(new Error('no', { cause: secret })) },
    { reason: 'a key', show: (secret: Secret<string>) => JSON.stringify({ [String(secret)]: 1 }) },
    { reason: 'a copy', show: (secret: Secret<string>) => inspect(structuredClone({ ...secret })) },
    { reason: 'a list in words', show: (secret: Secret<string>) => [secret, secret].join() },
    { reason: 'what was made of it', show: (secret: Secret<string>) => inspect(secret.map((text) => ({ text })), { showHidden: true }) },
    { reason: 'its names', show: (secret: Secret<string>) => JSON.stringify([Object.keys(secret), Reflect.ownKeys(secret), Object.getOwnPropertyDescriptors(secret)]) },
  ])('is not in $reason', ({ show }) => {
    expect(show(new Secret(value))).not.toContain(value.slice(4, 16));
  });

  test('has one way out', () => {
    expect(new Secret(value).reveal()).toBe(value);
    expect(new Secret(value).map((text) => text.length).reveal()).toBe(value.length);
  });
});
