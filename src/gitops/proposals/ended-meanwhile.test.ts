import { expect, test } from 'vitest';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { remediationWorld, type RemediationWorld } from '../../../test/support/remediation-world.ts';

/** Between the two looks of one delivery at the pull request. */
function afterFirstLook({ github: { repository } }: RemediationWorld, does: () => void): { readonly looks: () => number } {
  const { pullRequest } = repository;
  let looks = 0;
  Object.assign(repository, {
    async pullRequest(...of: Parameters<typeof pullRequest>) {
      const seen = await pullRequest(...of);
      looks += 1;
      if (looks === 1) does();
      return seen;
    },
  });
  return { looks: () => looks };
}

test('what is merged between two looks of one delivery is remembered as merged', async () => {
  const finding = driftFinding();
  const world = await remediationWorld();
  await world.found([finding]);
  const number = world.open() ?? 0;
  const mergedAt = new Date(world.clock.now()).toISOString();
  const { looks } = afterFirstLook(world, () => world.github.changePull(number, { state: 'closed', merged: true, mergedAt }));
  await world.push(world.proposed());
  await world.look();
  await world.gone([finding]);
  expect(looks()).toBeGreaterThan(1);
  expect(world.github.comment(number)).toContain('The drift of `checkout` in `prod` is closed');
});

test.each([
  { reason: 'while more is found: what was shown, and the rest is proposed', left: [driftFinding(), driftFinding({ id: 'f2', path: 'tags.owner' })], isOpen: true },
  { reason: 'while it goes by itself', left: [], isOpen: false },
])('what is closed between two looks of one delivery is acknowledged: $reason', async ({ left, isOpen }) => {
  const world = await remediationWorld();
  await world.found([driftFinding()]);
  const number = world.open() ?? 0;
  const { looks } = afterFirstLook(world, () => world.github.closeBy(number, 'octocat'));
  await world.found(left);
  if (left.length === 0) await world.look();
  expect(looks()).toBeGreaterThan(1);
  expect(world.told()).toMatchObject([{ payload: { service: 'checkout', findings: ['f1'], by: 'octocat', until: null } }]);
  expect([world.github.isOpen(number), world.open() !== null]).toEqual([false, isOpen]);
});
