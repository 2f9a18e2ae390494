import { describe, expect } from 'vitest';
import { fc, test } from '../../test/support/property.ts';
import { canonicalJson } from './digest.ts';
import { isSameJson } from './same-json.ts';

describe('two values are the same JSON', () => {
  test('exactly when their canonical texts are', () =>
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (a, b) => {
        expect(isSameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
        expect(isSameJson(a, JSON.parse(canonicalJson(a)))).toBe(true);
      }),
    ));

  test.each<{ reason: string; a: unknown; b: unknown; is: boolean }>([
    { reason: 'the order of keys says nothing', a: { x: 1, y: [{ z: null }] }, b: { y: [{ z: null }], x: 1 }, is: true },
    { reason: 'an undefined field is absent', a: { x: 1, y: undefined }, b: { x: 1 }, is: true },
    { reason: 'on either side', a: { x: 1 }, b: { x: 1, y: undefined }, is: true },
    { reason: 'null is a value', a: { x: null }, b: {}, is: false },
    { reason: 'a field more', a: { x: 1 }, b: { x: 1, y: 2 }, is: false },
    { reason: 'a field less', a: { x: 1, y: 2 }, b: { x: 1 }, is: false },
    { reason: 'another value deep inside', a: { x: [{ y: 1 }] }, b: { x: [{ y: 2 }] }, is: false },
    { reason: 'the order of a list says something', a: [1, 2], b: [2, 1], is: false },
    { reason: 'a longer list', a: [1], b: [1, 2], is: false },
    { reason: 'a list is no mapping', a: [], b: {}, is: false },
    { reason: 'a name of every object is no field', a: { toString: undefined }, b: {}, is: true },
  ])('$reason', ({ a, b, is }) => expect(isSameJson(a, b)).toBe(is));
});
