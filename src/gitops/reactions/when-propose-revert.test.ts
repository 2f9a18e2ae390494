import { describe, expect, test } from 'vitest';
import { failOnce, type Faults } from '../../../test/support/delivery.ts';
import { catalogFile, checkoutFile, configurationFile, failedAt10, knownGood, proposalsWorld, quarantined, releasing, shopFiles, withText, type Files, type ProposalsWorld } from '../../../test/support/proposals-world.ts';

const bad = releasing(shopFiles, '1.5.0');
const healthy = { service: 'catalog', image: 'contoso.azurecr.io/catalog:1.4.1', step: 'unchanged' };

/** `prod` runs the shop; then `files` are merged, and checkout fails its gate. */
async function rolledBack(files: Files = bad, faults?: Faults): Promise<ProposalsWorld & { readonly commit: string; readonly good: string }> {
  const world = proposalsWorld(faults);
  const good = await world.push(shopFiles);
  await world.end('Completed', [{ service: 'checkout', step: 'done' }]);
  const commit = await world.push(files, 12);
  await world.end('RolledBack', [failedAt10(), healthy], { reason: 'checkout did not pass its gate: success rate: 412 of 4,031 requests ended in a server error' });
  return { ...world, commit, good };
}

const branchOf = (commit: string): string => `trueup/revert-prod-${commit.slice(0, 7)}`;
const checkOf = (world: ProposalsWorld, commit: string): string => world.github.check(commit, 'trueup/deploy (prod)')?.summary ?? '';
const filesOf = (world: ProposalsWorld, branch: string): Files => world.github.filesAt(world.github.branch(branch) ?? '');

describe('a deployment that was rolled back', () => {
  test('gets one pull request, with the files as they were', async () => {
    const world = await rolledBack({ ...bad, 'README.md': '# Other\n' });
    const number = world.open() ?? 0;
    expect(world.github.proposed.get(number)).toMatchObject({ title: 'Revert prod: checkout 1.5.0 failed its gate at 10 %', branch: branchOf(world.commit) });
    expect(filesOf(world, branchOf(world.commit))).toEqual({ ...shopFiles, 'README.md': '# Other\n' });
    expect(world.github.writes.filter((write) => /^(commit|branch|opened|edited|closed)/.test(write))).toEqual([
      `commit of ${checkoutFile}`, `branch ${branchOf(world.commit)}`, expect.stringContaining('opened Revert prod'),
    ]);
  });

  test('is linked from its check', async () => {
    const world = await rolledBack();
    expect(checkOf(world, world.commit)).toContain(`/pull/${world.open()}`);
  });

  test('says the same once: nothing is written for messages that come again', async () => {
    const world = await rolledBack();
    const writes = world.github.writes.length;
    for (let times = 0; times < 2; times += 1) await world.settle('ProposeRevert', { environment: 'prod', commit: world.commit });
    expect(world.github.writes.slice(writes)).toEqual([]);
  });

  test('brings back a file that was deleted and takes away one that was added', async () => {
    const { [catalogFile]: catalog = '', ...without } = bad;
    const world = await rolledBack({ ...without, 'trueup/moved.yaml': catalog });
    expect(filesOf(world, branchOf(world.commit))).toEqual(shopFiles);
  });

  test('leaves what concerns other environments only', async () => {
    const staging = withText(bad, 'trueup/staging.yaml', 'westeurope', 'northeurope');
    const world = await rolledBack(staging);
    expect(filesOf(world, branchOf(world.commit))).toEqual({ ...staging, [checkoutFile]: shopFiles[checkoutFile] });
  });

  test.each([
    { reason: 'it changed there', files: withText(bad, checkoutFile, ':1.4.2', ':1.5.0'), also: true },
    { reason: 'only another file did', files: withText(bad, 'trueup/staging.yaml', 'mode: report', 'mode: heal'), also: false },
  ])('says which other environments a file takes back, too: $reason', async ({ files, also }) => {
    const world = await rolledBack(files);
    expect(/It also takes back what these files say about `staging`\./.test(world.github.proposed.get(world.open() ?? 0)?.body ?? '')).toBe(also);
  });
});

describe('what somebody did meanwhile', () => {
  test('changed a file since: it is left, and the others are reverted', async () => {
    const world = proposalsWorld();
    await world.push(shopFiles);
    const both = withText(bad, configurationFile, '"on"', '"maybe"');
    const commit = await world.push(both);
    const since = `${both[configurationFile]}# a word\n`;
    world.github.commit('main', { ...both, [configurationFile]: since });
    await world.end('RolledBack', [failedAt10()]);
    expect(filesOf(world, branchOf(commit))).toEqual({ ...shopFiles, [configurationFile]: since });
    expect(world.github.proposed.get(world.open() ?? 0)?.body).toContain(`\`${configurationFile}\`: changed since, revert by hand`);
  });

  test.each([
    { reason: 'reverted it already', since: shopFiles, why: 'The default branch says again what runs' },
    { reason: 'merged a fix', since: releasing(shopFiles, '1.5.1'), why: `Nothing can be reverted by itself: ${checkoutFile} changed since` },
  ])('$reason: there is no pull request, and the check says why', async ({ since, why }) => {
    const world = proposalsWorld();
    await world.push(shopFiles);
    const commit = await world.push(bad);
    world.github.commit('main', since);
    await world.end('RolledBack', [failedAt10()]);
    expect(world.open()).toBeNull();
    expect(checkOf(world, commit)).toContain(why);
  });

  test('closed it: it is not opened again for this commit, whatever else is learnt', async () => {
    const world = await rolledBack();
    const number = world.open() ?? 0;
    world.github.changePull(number, { state: 'closed' });
    world.stands('prod', [{ service: 'checkout', quarantined: [quarantined({ commit: world.commit })] }]);
    for (let times = 0; times < 2; times += 1) await world.settle('ProposeRevert', { environment: 'prod', commit: world.commit });
    expect([world.open(), world.github.proposed.size]).toEqual([null, 1]);
  });

  test('committed to its branch: both stay, and it says so', async () => {
    const world = await rolledBack();
    const number = world.open() ?? 0;
    const theirs = world.github.commit(branchOf(world.commit), { ...shopFiles, 'mine.txt': 'x' });
    world.stands('prod', [{ service: 'checkout', quarantined: [quarantined({ commit: world.commit })] }]);
    await world.settle('ProposeRevert', { environment: 'prod', commit: world.commit });
    expect(world.github.branch(branchOf(world.commit))).toBe(theirs);
    expect(world.github.proposed.get(number)?.body).toMatch(/^> Somebody else committed to this branch/);
  });

  test('had a branch of that name: no pull request, and the check says why', async () => {
    const world = proposalsWorld();
    await world.push(shopFiles);
    const commit = await world.push(bad);
    const theirs = world.github.commit(branchOf(commit), shopFiles);
    await world.end('RolledBack', [failedAt10()]);
    expect([world.open(), world.github.branch(branchOf(commit))]).toEqual([null, theirs]);
    expect(checkOf(world, commit)).toContain("is somebody else's");
  });

  test('pushed a fix that arrived: it is closed without a word', async () => {
    const world = await rolledBack();
    const number = world.open() ?? 0;
    await world.push(releasing(shopFiles, '1.5.1'));
    expect(world.open()).toBe(number);
    await world.end('Completed', [{ service: 'checkout', step: 'done' }]);
    expect(world.open()).toBeNull();
    expect(world.github.writes.at(-1)).not.toContain('comment');
    expect(world.github.writes).toContain(`closed ${number}`);
  });

  test('merged it: nothing more is proposed', async () => {
    const world = await rolledBack();
    const number = world.open() ?? 0;
    const merge = world.github.commit('main', shopFiles);
    world.github.changePull(number, { state: 'closed', merged: true, mergeCommit: merge });
    await world.push(shopFiles);
    await world.end('Completed', [{ service: 'checkout', step: 'unchanged' }]);
    await world.settle('ProposeRevert', { environment: 'prod', commit: world.commit });
    expect([world.open(), world.github.proposed.size]).toEqual([null, 1]);
  });
});

describe('not all that a commit brought went back', () => {
  const both = releasing(bad, '1.6.0', catalogFile);

  test.each([
    { reason: 'a command took one service back', others: [] },
    { reason: 'one that is independent stays', others: [{ service: 'catalog', step: 'done', independent: true }] },
  ])('$reason: only the files of what went back are reverted', async ({ others }) => {
    const world = proposalsWorld();
    await world.push(shopFiles);
    const commit = await world.push(both);
    await world.end('RolledBack', [failedAt10(), ...others]);
    expect(filesOf(world, branchOf(commit))).toEqual({ ...both, [checkoutFile]: shopFiles[checkoutFile] });
    expect(world.github.proposed.get(world.open() ?? 0)?.body).toMatch(/^`checkout` of the deployment/);
  });

  test('what the others take from a file is left to a person', async () => {
    const shared = withText(both, configurationFile, '"on"', '"maybe"');
    const world = proposalsWorld();
    await world.push(shopFiles);
    const commit = await world.push(shared);
    await world.end('RolledBack', [failedAt10()]);
    expect(filesOf(world, branchOf(commit))).toEqual({ ...shared, [checkoutFile]: shopFiles[checkoutFile] });
    expect(world.github.proposed.get(world.open() ?? 0)?.body).toContain(`\`${configurationFile}\`: also holds changes of catalog, which is deployed, revert by hand`);
  });
});

describe('services that are independent', () => {
  test('only the files of those that failed are reverted', async () => {
    const both = releasing(bad, '1.6.0', catalogFile);
    const world = proposalsWorld();
    await world.push(shopFiles);
    const commit = await world.push(both);
    await world.end('Failed', [failedAt10({ independent: true }), { service: 'catalog', step: 'done' }]);
    expect(filesOf(world, branchOf(commit))).toEqual({ ...both, [checkoutFile]: shopFiles[checkoutFile] });
  });

  test('a file that also brought what is deployed is left to a person', async () => {
    const { [catalogFile]: catalog = '', ...rest } = shopFiles;
    const joined = (files: Files): Files => ({ ...files, [checkoutFile]: `${files[checkoutFile]}---\n${catalog}` });
    const world = proposalsWorld();
    await world.push(joined(rest));
    const commit = await world.push(releasing(joined(rest), '1.5.0'));
    await world.end('Failed', [failedAt10({ independent: true }), { service: 'catalog', step: 'done' }]);
    expect(world.open()).toBeNull();
    expect(checkOf(world, commit)).toContain('also holds changes of catalog, which is deployed');
  });

  test.each([
    { reason: 'nothing was taken back', services: [{ service: 'checkout', step: 'kept' }] },
    { reason: 'it never came to its place', services: [failedAt10({ step: 'kept' })] },
  ])('a failed deployment of which $reason needs no revert', async ({ services }) => {
    const world = proposalsWorld();
    await world.push(shopFiles);
    await world.push(bad);
    await world.end('Failed', services);
    expect([world.open(), world.github.proposed.size]).toEqual([null, 0]);
  });
});

describe('a release that an earlier commit brought and this one only carried along', () => {
  async function carried(ledger: readonly { readonly service: string; readonly good: boolean }[]): Promise<ProposalsWorld & { readonly commit: string }> {
    const world = proposalsWorld();
    const good = await world.push(shopFiles);
    await world.push(bad);
    const commit = await world.push(releasing(bad, '1.6.0', catalogFile));
    world.stands('prod', ledger.map(({ service }) => ({ service, knownGood: [knownGood({ commit: good })] })));
    await world.end('RolledBack', [failedAt10(), { service: 'catalog', step: 'restored' }]);
    return { ...world, commit };
  }

  test('goes back to where it was good, and the others to what they were before', async () => {
    const world = await carried([{ service: 'checkout', good: true }]);
    expect(filesOf(world, branchOf(world.commit))).toEqual(shopFiles);
  });

  test('goes back to where it was good also when another one failed, because the commit before never arrived', async () => {
    const world = proposalsWorld();
    const good = await world.push(shopFiles);
    await world.push(releasing(shopFiles, '1.5.9', catalogFile));
    const commit = await world.push(releasing(bad, '1.6.0', catalogFile));
    world.stands('prod', [{ service: 'catalog', knownGood: [knownGood({ commit: good })] }]);
    await world.end('RolledBack', [failedAt10(), { service: 'catalog', step: 'restored' }]);
    expect(filesOf(world, branchOf(commit))).toEqual(shopFiles);
  });

  test('goes back to what serves, and not to another good release that the commit before wanted and that never arrived', async () => {
    const world = proposalsWorld();
    const first = await world.push(shopFiles);
    const serving = await world.push(releasing(shopFiles, '1.4.9'));
    const digests = await Promise.all([first, serving].map((commit) => world.releaseAt(commit, 'checkout')));
    await world.push(shopFiles);
    const commit = await world.push(bad);
    world.stands('prod', [{ service: 'checkout', knownGood: [first, serving].map((at, index) => knownGood({ commit: at, digest: digests[index] ?? '' })) }]);
    await world.end('RolledBack', [failedAt10()]);
    expect(filesOf(world, branchOf(commit))).toEqual(releasing(shopFiles, '1.4.9'));
  });

  test('is left to a person where nobody knows that', async () => {
    const world = await carried([]);
    expect(filesOf(world, branchOf(world.commit))).toEqual(bad);
    expect(world.github.proposed.get(world.open() ?? 0)?.body).toContain('checkout did not change with this commit, and no earlier release is known to be good: decide by hand.');
  });
});

describe('each call fails once', () => {
  async function ended(faults: Faults): Promise<unknown> {
    const world = await rolledBack(bad, faults);
    await world.settle('ProposeRevert', { environment: 'prod', commit: world.commit });
    const number = world.open() ?? 0;
    return [number, world.github.proposed.size, world.github.proposed.get(number), filesOf(world, branchOf(world.commit)), checkOf(world, world.commit).replace(/trace-\S+/, '').replace(/prod-\d+/, '')];
  }

  test.each(['before', 'after'] as const)('%s its effect: the same world', async (when) => {
    const calm = failOnce(0, when);
    const wanted = await ended(calm);
    for (let failing = 1; failing <= calm.calls(); failing += 1) {
      expect(await ended(failOnce(failing, when)), `call ${failing}`).toEqual(wanted);
    }
  });
});

test('what people read', async () => {
  const world = await rolledBack();
  world.stands('prod', [{ service: 'checkout', knownGood: [knownGood({ commit: world.good })], quarantined: [quarantined({ commit: world.commit })] }]);
  await world.settle('ProposeRevert', { environment: 'prod', commit: world.commit });
  const { title, body } = world.github.proposed.get(world.open() ?? 0) ?? { title: '', body: '' };
  const text = `${title}\n\n---\n\n${body}\n`.replaceAll(world.commit, 'c0ffee'.padEnd(40, '0')).replaceAll(world.commit.slice(0, 7), 'c0ffee0');
  await expect(text).toMatchFileSnapshot('../proposals/golden/revert.md');
});
