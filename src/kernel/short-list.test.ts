import { expect, it } from 'vitest';
import { shortList } from './short-list.ts';

it.each([
  { names: [], most: 2, says: '' },
  { names: ['a', 'b'], most: 2, says: 'a, b' },
  { names: ['a', 'b', 'c'], most: 2, says: 'a, b and 1 more' },
])('says $names as $says', ({ names, most, says }) => {
  expect(shortList(names, most)).toBe(says);
});
