import { driftBranch, maxOf, nothingOpen, proposedRow } from './drift-view.ts';
import { portalOf } from './portal.ts';
import { serves } from './release-steps.ts';
import { deployCheck, imageOf } from './rollout-view.ts';
import { groupOf, type Scene, type StoryStep } from './scene.ts';
import { hotfix, most, releasedImages } from './storefront.ts';
import { until } from './until.ts';

const maria = 'maria@contoso.example';
const file = 'trueup/services/checkout.yaml';

/** Somebody changes production past Git, twice: once Git holds, once Azure does. */
export function driftSteps(scene: Scene): readonly StoryStep[] {
  return [...keptGit(scene), ...keptAzure(scene)];
}

function keptGit(scene: Scene): readonly StoryStep[] {
  const { app, azure, maintainer, narrator, opened, pull, stage, successful } = scene;
  const url = azure.urlOf.app(groupOf('prod'), 'checkout');
  let editedAt = '';
  return [
    {
      name: 'live-edit',
      title: 'Maria puts a hotfix of checkout into production, in the portal',
      async run() {
        editedAt = new Date().toISOString();
        await mariasPortal(scene).setImage('prod', 'checkout', hotfix);
        await app('prod', 'checkout', (seen) => imageOf(seen) === hotfix);
        return { detail: `${hotfix} in prod; Git says ${releasedImages.checkout}`, url };
      },
    },
    {
      name: 'drift-pull-request',
      title: 'Trueup opens a pull request that says what differs, who did it and when',
      async run() {
        const row = await proposedRow(scene, '].image', hotfix, maria);
        if (row.at < `${editedAt.slice(0, 16)}:00`) throw new Error(`${maria} did not do it at ${row.at}`);
        narrator.show([row.text]);
        opened(row.pull);
        return { detail: `#${row.pull.number} by ${row.pull.author}: ${row.pull.title}`, url: row.pull.url };
      },
    },
    {
      name: 'git-kept',
      title: 'The maintainer merges it, and Azure says what Git says',
      async run() {
        const { number } = pull();
        const commit = await maintainer.merge(number);
        const { title } = await successful(commit, [deployCheck]);
        const seen = await azure.app(groupOf('prod'), 'checkout');
        if (seen === null || imageOf(seen) !== releasedImages.checkout) throw new Error(`checkout is still ${seen && imageOf(seen)}`);
        await serves(scene, 'prod', 'checkout', releasedImages.checkout);
        await nothingOpen(scene, commit);
        const closed = await until('how long it took', async () => {
          const comment = await maintainer.comment(number);
          return /is closed, ([^,;]+ after the merge; it was open for [^,;]+)\.$/m.exec(comment?.body ?? '')?.[1] ?? null;
        }, { withinMs: 60_000 });
        return { detail: `${releasedImages.checkout} serves again: ${title}; closed ${closed}`, url: `${stage.repository.htmlUrl}/pull/${number}` };
      },
    },
  ];
}

function keptAzure(scene: Scene): readonly StoryStep[] {
  const { app, azure, maintainer, narrator, opened, pull, successful } = scene;
  const url = azure.urlOf.app(groupOf('prod'), 'checkout');
  const [declared, live] = [`max: ${most.declared} }`, `max: ${most.live} }`];
  return [
    {
      name: 'second-edit',
      title: 'Maria gives checkout more room to scale',
      async run() {
        await mariasPortal(scene).setMaxReplicas('prod', 'checkout', most.live);
        await app('prod', 'checkout', (seen) => maxOf(seen) === most.live);
        const row = await proposedRow(scene, 'scale.maxReplicas', String(most.live), maria);
        narrator.show([row.text]);
        opened(row.pull);
        return { detail: `${most.live} replicas at most, Git says ${most.declared}; #${row.pull.number}: ${row.pull.title}`, url: row.pull.url };
      },
    },
    {
      name: 'adopt',
      title: 'The maintainer says /trueup adopt: the pull request has Git say it, in the line that differs',
      async run() {
        const { number, head } = pull();
        await maintainer.say(number, '/trueup adopt');
        const adopted = await until('the commit that keeps Azure', async () => {
          const seen = await maintainer.proposal(driftBranch);
          return seen === null || seen.head === head ? null : seen.head;
        }, { withinMs: 60_000 });
        const changes = await maintainer.changes(number);
        const [before, after] = await Promise.all(['main', adopted].map((at) => maintainer.file(file, at)));
        narrator.show(changes.flatMap(({ path, patch }) => [path, ...patch.split('\n')]));
        if (changes.length !== 1 || before?.split(declared).length !== 2 || after !== before.replace(declared, live)) throw new Error(`what changes is not just "${declared}" to "${live}" in ${file}: ${changes.map(({ path }) => path).join(', ')}`);
        return { detail: `one line of ${file}`, url: `${pull().url}/files` };
      },
    },
    {
      name: 'azure-kept',
      title: 'Merged: Azure keeps the value, and the next scan finds nothing',
      async run() {
        const commit = await maintainer.merge(pull().number);
        const { title } = await successful(commit, [deployCheck]);
        await nothingOpen(scene, commit);
        const seen = await azure.app(groupOf('prod'), 'checkout');
        if (seen === null || maxOf(seen) !== most.live) throw new Error(`Azure says ${seen && maxOf(seen)} replicas at most`);
        if ((await maintainer.proposal(driftBranch)) !== null) throw new Error('a pull request about drift is open');
        return { detail: `${most.live} replicas at most in Git and in Azure; ${title}; no drift is open`, url };
      },
    },
  ];
}

function mariasPortal({ stage }: Scene) {
  return portalOf({ ...stage.azure, token: stage.azure.signIn(maria) });
}
