import { afterEach, describe, expect, test, vi } from 'vitest';
import { NotAllowed } from '../../src/kernel/errors.ts';
import { adaptersBench, checkReport, signal, type AdaptersBench } from '../support/adapters-bench.ts';

afterEach(() => {
  vi.useRealTimers();
});

const minute = 60_000;

/** A token was used; then time goes on, here and at GitHub, and the journal begins. */
async function later(ours: number, theirs: number): Promise<AdaptersBench> {
  const began = Date.now();
  let ahead = 0;
  const world = await adaptersBench({ now: () => began + ahead });
  await world.github.repository.branchHead(world.tenant, 'main');
  vi.useFakeTimers({ toFake: ['Date'], now: began + ours });
  ahead = theirs;
  world.bench.github.journal.clear();
  return world;
}

describe('a token of an installation that ends in the middle', () => {
  test.each([61 * minute])('is made anew after %i ms, once, and nothing is done twice', { timeout: 120_000 }, async (ms) => {
    await using world = await later(ms, ms);
    const { github, tenant, head, bench } = world;
    expect(await github.repository.branchHead(tenant, 'main')).toBe(head);
    await github.reports.check(tenant, checkReport({ commit: head }), signal);
    const seen = bench.github.journal.calls.map(({ method, path, status }) => `${method} ${path.split('/').at(-1)} ${status}`);
    expect(seen.filter((one) => one.endsWith(' 401'))).toEqual([]);
    expect(seen.filter((one) => one === 'POST access_tokens 201')).toHaveLength(1);
    expect(seen.filter((one) => one === 'POST check-runs 201')).toHaveLength(1);
  });

  test('by GitHub’s clock alone is a right that is missing, after one request', { timeout: 120_000 }, async () => {
    await using world = await later(10 * minute, 61 * minute);
    const { github, tenant, bench } = world;
    await expect(github.repository.branchHead(tenant, 'main')).rejects.toThrow(NotAllowed);
    expect(bench.github.journal.calls.map(({ status }) => status)).toEqual([401]);
  });
});
