import { expect, test } from 'vitest';
import { inBatches } from './in-batches.ts';

test('keeps the order, and never has more under way than allowed', async () => {
  let [underWay, most] = [0, 0];
  const results = await inBatches([5, 1, 4, 2, 3], 2, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    for (let turn = 0; turn < item; turn++) await Promise.resolve();
    underWay -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
});

test('a failure ends the rest', async () => {
  const seen: number[] = [];
  const run = async (item: number): Promise<void> => {
    seen.push(item);
    if (item === 2) throw new Error('no');
  };
  await expect(inBatches([1, 2, 3, 4], 2, run)).rejects.toThrow('no');
  expect(seen).toEqual([1, 2]);
});
