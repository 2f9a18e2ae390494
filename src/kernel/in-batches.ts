/** The results in the order of the items, at most `size` of them under way: Azure throttles a burst. A failure ends the rest. */
export async function inBatches<Item, Result>(items: readonly Item[], size: number, run: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += size) results.push(...(await Promise.all(items.slice(from, from + size).map(run))));
  return results;
}
