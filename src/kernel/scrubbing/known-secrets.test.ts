import { describe, expect, test } from 'vitest';
import { knownSecrets } from './known-secrets.ts';

const secret = 'q7Zt-Lm2_Xw9Kd4/Rb8+Vn6=Hc3!Ys5?Pg1';
const words = 'correct horse battery staple';

describe('of a secret', () => {
  const known = knownSecrets();
  known.add(secret);
  known.add(words);

  test('every piece of 12 characters is found, wherever in a text it stands', () => {
    const missed: string[] = [];
    for (let before = 0; before < 20; before += 1) {
      for (let from = 0; from + 12 <= secret.length; from += 1) {
        const text = `${'.'.repeat(before)}${secret.slice(from, from + 12)}${'.'.repeat(before % 3)}`;
        const [region, ...others] = known.regionsIn(text);
        if (region?.from !== before || region.to !== before + 12 || others.length > 0) missed.push(`${from} at ${before}`);
      }
    }
    expect(missed).toEqual([]);
  });

  test('one of ordinary words is found as a whole, wherever it stands, and no part of it', () => {
    for (let before = 0; before < 20; before += 1) {
      expect(known.regionsIn(`${'.'.repeat(before)}${words}`)).toEqual([{ from: before, to: before + words.length }]);
      expect(known.regionsIn(`${'.'.repeat(before)}${words.slice(0, -1)}`)).toEqual([]);
    }
  });

  test('nothing is found in what is shorter than a piece', () => {
    expect(['', 'q', secret.slice(0, 11)].flatMap((text) => known.regionsIn(text))).toEqual([]);
  });
});
