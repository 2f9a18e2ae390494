import { expect, it } from 'vitest';
import { durationInWords } from './duration-in-words.ts';

it.each([
  { ms: 1_000, words: '1 second' },
  { ms: 90_000, words: '90 seconds' },
  { ms: 119_999, words: '120 seconds' },
  { ms: 120_000, words: '2 minutes' },
  { ms: 45 * 60_000, words: '45 minutes' },
])('says $ms ms as $words', ({ ms, words }) => {
  expect(durationInWords(ms)).toBe(words);
});
