import { describe, expect, test } from 'vitest';
import { failOnce, type Faults } from '../../../test/support/delivery.ts';
import { repositoryTenant } from '../../../test/support/gitops-world.ts';
import { catalogFile, checkoutFile, configurationFile, knownGood, proposalsWorld, quarantined, shopFiles, withText, type Files, type ProposalsWorld } from '../../../test/support/proposals-world.ts';
import type { KnownGood } from '../../kernel/standing.ts';

const branch = 'trueup/promote-staging-to-prod';
const pair = { from: 'staging', to: 'prod' };
const withoutCatalog: Files = withText(shopFiles, catalogFile, ', promotion: { from: staging }', '');

interface Staged extends ProposalsWorld {
  readonly commit: string;
  /** A release of checkout is good in staging from here on. */
  good(over?: Partial<KnownGood>): void;
  /** A deployment to staging ends well. */
  arrive(): Promise<void>;
  text(): string;
}

async function staged(files: Files = withoutCatalog, faults?: Faults): Promise<Staged> {
  const world = proposalsWorld(faults);
  const commit = await world.push(files);
  return {
    ...world,
    commit,
    good: (over = {}) => world.stands('staging', [{ service: 'checkout', knownGood: [knownGood({ commit, image: 'contoso.azurecr.io/checkout:1.4.2', ...over })] }]),
    arrive: () => world.end('Completed', [{ service: 'checkout', step: 'done' }], { environment: 'staging' }),
    text: () => world.github.proposed.get(world.open() ?? 0)?.body ?? '',
  };
}

const proposed = (world: ProposalsWorld): Files => world.github.filesAt(world.github.branch(branch) ?? '');
const moved = withText(withoutCatalog, checkoutFile, ':1.4.1', ':1.4.2');

describe('a release that is good in one environment', () => {
  test('is proposed where it is declared to come from there', async () => {
    const world = await staged();
    world.good();
    await world.arrive();
    expect(world.github.proposed.get(world.open() ?? 0)).toMatchObject({ title: 'Promote staging to prod: checkout 1.4.2', branch });
    expect(proposed(world)).toEqual(moved);
    expect(world.github.check(world.commit, 'trueup/deploy (staging)')?.summary).toContain(`/pull/${world.open()}`);
  });

  test('is proposed also where it is only declared later to come from there', async () => {
    const world = await staged(withText(withoutCatalog, checkoutFile, ', promotion: { from: staging }', ''));
    world.good();
    await world.arrive();
    expect(world.open()).toBeNull();
    await world.push(withoutCatalog);
    expect(proposed(world)).toEqual(moved);
  });

  test.each([
    { reason: 'was good there before', image: 'contoso.azurecr.io/checkout:1.4.2', open: false },
    { reason: 'was never there', image: 'contoso.azurecr.io/checkout:1.4.0', open: true },
  ])('that $reason: proposed by itself: $open, and when a person asks', async ({ image, open }) => {
    const world = await staged();
    world.good();
    world.stands('prod', [{ service: 'checkout', knownGood: [knownGood({ commit: world.commit, image })] }]);
    await world.arrive();
    expect(world.open() !== null).toBe(open);
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect(world.open()).not.toBeNull();
  });

  test('moves the very digest that was judged', async () => {
    const world = await staged();
    const image = `contoso.azurecr.io/checkout@sha256:${'a'.repeat(64)}`;
    world.good({ image });
    await world.arrive();
    expect(proposed(world)).toEqual(withText(withoutCatalog, checkoutFile, 'contoso.azurecr.io/checkout:1.4.1', image));
  });

  test.each([
    { reason: 'nothing is known to be good there', image: null },
    { reason: 'it is declared already', image: 'contoso.azurecr.io/checkout:1.4.1' },
  ])('is not proposed when $reason', async ({ image }) => {
    const world = await staged();
    if (image !== null) world.good({ image });
    await world.arrive();
    expect([world.open(), world.github.proposed.size]).toEqual([null, 0]);
  });

  test('is not proposed for a service that does not ask for it', async () => {
    const world = await staged(withText(withoutCatalog, checkoutFile, ', promotion: { from: staging }', ''));
    world.good();
    await world.arrive();
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect(world.open()).toBeNull();
  });

  test('is not proposed where it was taken back, unless a person asks', async () => {
    const world = await staged();
    world.good();
    world.stands('prod', [{ service: 'checkout', quarantined: [quarantined({ commit: world.commit, image: 'contoso.azurecr.io/checkout:1.4.2' })] }]);
    await world.arrive();
    expect(world.open()).toBeNull();
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect(world.text()).toContain('**Taken back in `prod` before**\n\n- `checkout`, 2026-11-24 05:12 UTC: Its gate failed\n\nThe same release is refused until the tag');
  });

  test('who asks for what cannot be proposed reads why, until it can', async () => {
    const world = await staged();
    const said = (): string => world.github.check(world.commit, 'trueup/deploy (staging)')?.summary ?? '';
    world.good();
    const theirs = world.github.commit(branch, { ...moved, 'mine.txt': 'x' });
    await world.arrive();
    await world.settle('ProposePromotion', { ...pair, asked: false });
    expect(said()).not.toContain('promotion to prod');
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect([said(), world.github.branch(branch)]).toEqual([expect.stringContaining("promotion to prod: no pull request. The branch trueup/promote-staging-to-prod is somebody else's"), theirs]);
    world.github.setBranch(branch, null);
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect(said()).not.toContain('no pull request');
    expect(said()).toContain(`/pull/${world.open()}`);
  });
});

describe('the one pull request', () => {
  test('is edited in place when another release is good, on a branch with one commit', async () => {
    const world = await staged();
    world.good();
    await world.arrive();
    const number = world.open();
    world.good({ image: 'contoso.azurecr.io/checkout:1.4.3' });
    await world.arrive();
    expect([world.open(), world.github.proposed.size, world.github.proposed.get(number ?? 0)?.title]).toEqual([number, 1, 'Promote staging to prod: checkout 1.4.3']);
    expect(proposed(world)).toEqual(withText(withoutCatalog, checkoutFile, ':1.4.1', ':1.4.3'));
    expect(await world.github.repository.firstParent(repositoryTenant, world.github.branch(branch) ?? '')).toBe(world.github.branch('main'));
  });

  test('costs no call for the same release', async () => {
    const world = await staged();
    world.good();
    await world.arrive();
    const writes = world.github.writes.length;
    for (let times = 0; times < 2; times += 1) await world.settle('ProposePromotion', { ...pair, asked: false });
    expect(world.github.writes.slice(writes)).toEqual([]);
  });

  test('moves all services of the two environments together', async () => {
    const world = await staged(shopFiles);
    const of = (service: string) => ({ service, knownGood: [knownGood({ commit: world.commit, image: `contoso.azurecr.io/${service}:1.4.2` })] });
    world.stands('staging', [of('checkout'), of('catalog')]);
    await world.arrive();
    expect(world.github.proposed.size).toBe(1);
    expect(world.github.proposed.get(world.open() ?? 0)?.title).toMatch(/ \(and 1 more\)$/);
    expect(proposed(world)).toEqual(withText(withText(shopFiles, checkoutFile, ':1.4.1', ':1.4.2'), catalogFile, ':1.4.1', ':1.4.2'));
  });

  test('moves the newest of what is known to be good', async () => {
    const world = await staged();
    const of = (tag: string) => knownGood({ commit: world.commit, image: `contoso.azurecr.io/checkout:${tag}` });
    world.stands('staging', [{ service: 'checkout', knownGood: [of('1.4.0'), of('1.4.3'), of('1.4.2')] }]);
    await world.arrive();
    expect(proposed(world)).toEqual(moved);
  });

  test.each([
    { reason: 'the commit declares another version', commit: (own: string) => own },
    { reason: 'its commit was forced away', commit: () => 'f'.repeat(40) },
  ])('moves nothing without the values that it was judged with: $reason', async ({ commit }) => {
    const world = await staged(withText(withoutCatalog, checkoutFile, 'promotion: { from: staging }', 'promotion: { from: staging, values: [FEATURE_NEW_CART] }'));
    world.good({ commit: commit(world.commit), configuration: { name: 'storefront', version: 'of another commit' } });
    await world.arrive();
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect(world.open()).toBeNull();
    expect(world.github.check(world.commit, 'trueup/deploy (staging)')?.summary).toContain('what its configuration was in staging cannot be read');
  });

  test('takes the named values along, from what the release was judged with', async () => {
    const files = withText(withoutCatalog, checkoutFile, 'promotion: { from: staging }', 'promotion: { from: staging, values: [FEATURE_NEW_CART] }');
    const world = await staged(files);
    const version = (await world.configurationVersion('staging', 'storefront')) ?? '';
    world.good({ configuration: { name: 'storefront', version } });
    await world.arrive();
    expect(proposed(world)).toEqual(withText(withText(files, checkoutFile, ':1.4.1', ':1.4.2'), configurationFile, '"on"', '"off"'));
    expect(world.text()).toContain('| `storefront` | `FEATURE_NEW_CART` | `on` | `off` |');
  });

  test('leaves out what cannot be edited, and says why', async () => {
    const files = withText(shopFiles, catalogFile, 'prod: {', 'prod: &prod {');
    const world = await staged(files);
    const of = (service: string) => ({ service, knownGood: [knownGood({ commit: world.commit, image: `contoso.azurecr.io/${service}:1.4.2` })] });
    world.stands('staging', [of('checkout'), of('catalog')]);
    await world.arrive();
    expect(proposed(world)).toEqual(withText(files, checkoutFile, ':1.4.1', ':1.4.2'));
    expect(world.text()).toMatch(/Not in here\*\*\n\n- `catalog`: .*an anchor stands there/);
  });
});

describe('what somebody did meanwhile', () => {
  test('closed it: not wanted until something else is good, or a person asks', async () => {
    const world = await staged();
    world.good();
    await world.arrive();
    world.github.changePull(world.open() ?? 0, { state: 'closed' });
    world.good({ verdict: 'Judged once more' });
    await world.arrive();
    expect(world.open()).toBeNull();
    world.good({ image: 'contoso.azurecr.io/checkout:1.4.3' });
    await world.arrive();
    const second = world.open() ?? 0;
    expect(world.github.proposed.get(second)?.title).toContain('1.4.3');
    world.github.changePull(second, { state: 'closed' });
    await world.settle('ProposePromotion', { ...pair, asked: false });
    expect(world.open()).toBeNull();
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect(world.open()).toBeGreaterThan(second);
  });

  test.each([
    { reason: 'it is closed when it is ours', theirs: false, open: false },
    { reason: 'it stays when somebody committed to its branch', theirs: true, open: true },
  ])('brought the release by hand: $reason', async ({ theirs, open }) => {
    const world = await staged();
    world.good();
    await world.arrive();
    if (theirs) world.github.commit(branch, { ...moved, 'mine.txt': 'x' });
    await world.push(moved);
    await world.end('Completed', [{ service: 'checkout', step: 'done' }]);
    expect(world.open() !== null).toBe(open);
    expect(world.github.writes.filter((write) => write.startsWith('comment'))).toEqual([]);
  });

  test('changed the file in the default branch: the branch keeps to it', async () => {
    const world = await staged();
    world.good();
    await world.arrive();
    const number = world.open();
    const word = (files: Files): Files => ({ ...files, [checkoutFile]: `${files[checkoutFile]}# a word\n` });
    await world.push(word(withoutCatalog));
    expect([world.open(), proposed(world)]).toEqual([number, word(moved)]);
  });

  test('committed to its branch and merged that: the next release is proposed on the same branch', async () => {
    const world = await staged();
    world.good();
    await world.arrive();
    const first = world.open() ?? 0;
    const theirs = { ...moved, 'mine.txt': 'x' };
    const head = world.github.commit(branch, theirs);
    const merge = world.github.commit('main', theirs, ['main', branch].map((name) => world.github.branch(name) ?? ''));
    world.github.changePull(first, { state: 'closed', merged: true, mergeCommit: merge, headSha: head });
    await world.push(theirs);
    world.good({ image: 'contoso.azurecr.io/checkout:1.4.3' });
    await world.arrive();
    expect(world.open()).toBeGreaterThan(first);
    expect(proposed(world)).toEqual({ ...withText(withoutCatalog, checkoutFile, ':1.4.1', ':1.4.3'), 'mine.txt': 'x' });
  });

  test('merged it, and went back: the same release comes again when somebody asks', async () => {
    const world = await staged();
    world.good();
    await world.arrive();
    const first = world.open() ?? 0;
    const merge = world.github.commit('main', moved, ['main', branch].map((name) => world.github.branch(name) ?? ''));
    world.github.changePull(first, { state: 'closed', merged: true, mergeCommit: merge });
    await world.push(moved);
    await world.end('Completed', [{ service: 'checkout', step: 'done' }]);
    await world.push(withoutCatalog);
    await world.settle('ProposePromotion', { ...pair, asked: true });
    expect(world.open()).toBeGreaterThan(first);
    expect(proposed(world)).toEqual(moved);
  });
});

describe('each call fails once', () => {
  async function ended(faults: Faults): Promise<unknown> {
    const world = await staged(withoutCatalog, faults);
    world.good();
    await world.arrive();
    const states: unknown[] = []; // opened, closed by us (which is nobody's word against it), opened again
    for (const files of [withoutCatalog, moved, withoutCatalog]) {
      await world.push(files);
      await world.settle('ProposePromotion', { ...pair, asked: false });
      states.push([world.open(), proposed(world)]);
    }
    return [states, [...world.github.proposed]];
  }

  test.each(['before', 'after'] as const)('%s its effect: the same world', async (when) => {
    const calm = failOnce(0, when);
    const wanted = await ended(calm);
    for (let failing = 1; failing <= calm.calls(); failing += 1) expect(await ended(failOnce(failing, when)), `call ${failing}`).toEqual(wanted);
  });
});

test('what people read', async () => {
  const files = withText(withText(shopFiles, checkoutFile, 'promotion: { from: staging }', 'promotion: { from: staging, values: [FEATURE_NEW_CART] }'), catalogFile, 'prod: {', 'prod: &prod {');
  const world = await staged(files);
  const version = (await world.configurationVersion('staging', 'storefront')) ?? '';
  const of = (service: string) => ({ service, knownGood: [knownGood({ commit: world.commit, image: `contoso.azurecr.io/${service}:1.4.2`, configuration: { name: 'storefront', version } })] });
  world.stands('staging', [of('checkout'), of('catalog')]);
  await world.arrive();
  const { title, body } = world.github.proposed.get(world.open() ?? 0) ?? { title: '', body: '' };
  const text = `${title}\n\n---\n\n${body}\n`.replaceAll(world.commit, 'c0ffee'.padEnd(40, '0')).replaceAll(world.commit.slice(0, 7), 'c0ffee0');
  await expect(text).toMatchFileSnapshot('../proposals/golden/promotion.md');
});
