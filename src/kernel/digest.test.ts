import { describe, expect } from 'vitest';
import { fc, test } from '../../test/support/property.ts';
import { canonicalJson, digestOf } from './digest.ts';

describe('digests', () => {
  test('equal values have equal digests whatever the order of their keys', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(digestOf(reversed)).toBe(digestOf(value));
      }),
    ));

  test('different values have different digests', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        fc.pre(canonicalJson(a) !== canonicalJson(b));
        expect(digestOf(a)).not.toBe(digestOf(b));
      }),
    ));

  test('is SHA-256: the same in every release', () => {
    expect(digestOf({ b: 1, a: [true, null] })).toBe('51705a2c9eb3e7e410a58f696a770c3ac3885a0cf43eb7fc88f5e47c11d4d30d');
  });
});
