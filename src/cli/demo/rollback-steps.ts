import { deployCheck, imageOf, newestShare, picture } from './rollout-view.ts';
import { groupOf, type Scene, type StoryStep } from './scene.ts';
import { badRelease, badImage, releasedImages } from './storefront.ts';
import { until } from './until.ts';

const gatewayFile = 'trueup/services/gateway.yaml';
const linesShown = 24;

/** A release that is bad, seen by one of ten visitors, taken back, and said so in Git. */
export function rollbackSteps(scene: Scene): readonly StoryStep[] {
  const { azure, app, finished, maintainer, merged, mergedAt, narrator, opened, pull, stage, successful } = scene;
  const url = azure.urlOf.app(groupOf('prod'), 'gateway');
  return [
    {
      name: 'bad-release',
      title: 'The maintainer merges a release of gateway whose every fifth answer is an error',
      async run() {
        const bad = await maintainer.openPullRequest('release-gateway', 'Release gateway 2.2.0', badRelease, 'It was ready on my machine.');
        mergedAt(await maintainer.merge(bad.number));
        return { detail: `#${bad.number} merged as ${merged().slice(0, 7)}`, url: bad.url };
      },
    },
    {
      name: 'caught',
      title: 'It is caught at 10 % and taken back',
      async run() {
        const visitors = await scene.visitors('prod', 'gateway');
        await app('prod', 'gateway', (seen) => imageOf(seen) === badImage && newestShare(seen) === 10);
        narrator.show(await picture(scene, merged(), 10));
        const { conclusion, title } = await finished(merged(), deployCheck);
        if (conclusion !== 'failure') throw new Error(`${deployCheck} says ${conclusion}: ${title}`);
        const { properties } = await app('prod', 'gateway', (seen) => imageOf(seen) === releasedImages.gateway);
        const serving = properties.configuration.ingress?.traffic?.filter(({ weight }) => weight > 0) ?? [];
        if (serving.length !== 1 || serving[0]?.revisionName === properties.latestRevisionName) throw new Error('the bad revision still has traffic');
        visitors.leave();
        const { sent, failed } = visitors.counts();
        return { detail: `${title}; ${failed} of ${sent} requests of visitors failed`, url };
      },
    },
    {
      name: 'revert-pull-request',
      title: 'Trueup opens a pull request, so that Git says what runs',
      async run() {
        const proposal = await until('the revert pull request', () => maintainer.proposal('trueup/revert-prod-'), { withinMs: 60_000 });
        narrator.show(proposal.body.split('\n').filter((line) => line.trim() !== '').slice(0, linesShown));
        opened(proposal);
        return { detail: `#${proposal.number} by ${proposal.author}: ${proposal.title}`, url: proposal.url };
      },
    },
    {
      name: 'reverted',
      title: 'The maintainer merges that',
      async run() {
        const commit = await maintainer.merge(pull().number);
        const { title } = await successful(commit, [deployCheck]);
        if ((await maintainer.file(gatewayFile)).includes(badImage)) throw new Error(`main still declares ${badImage}`);
        return { detail: `main declares ${releasedImages.gateway}, which runs: ${title}`, url: `${stage.repository.htmlUrl}/commit/${commit}` };
      },
    },
  ];
}
