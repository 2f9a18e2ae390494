import { unescaped } from './unescaped.ts';
import { groupOf, type Scene, type StoryStep } from './scene.ts';
import { environments, release, releasedImages } from './storefront.ts';
import { until } from './until.ts';

/** A change, from the pull request to the revision that serves; `between` is what happens while it is rolled out. */
export function releaseSteps(scene: Scene, between: readonly StoryStep[]): readonly StoryStep[] {
  const { stage, narrator, maintainer, successful } = scene;
  return [
    {
      name: 'pull-request',
      title: 'A maintainer opens a pull request that changes two services',
      async run() {
        const pull = await maintainer.openPullRequest('release-checkout', 'Release checkout 1.5.0 and gateway 2.1.0', release, 'Both were tested; production also takes the newer payments key.');
        scene.opened(pull);
        return { detail: `#${pull.number} at ${pull.head.slice(0, 7)}`, url: pull.url };
      },
    },
    {
      name: 'plan',
      title: 'Trueup plans it',
      async run() {
        const { head, number } = scene.pull();
        const plan = await successful(head, ['trueup/plan', ...environments.map((environment) => `trueup/plan (${environment})`)]);
        const comment = await until('the comment', () => maintainer.comment(number), { withinMs: 30_000 });
        narrator.show(shownLines(comment.body));
        return { detail: plan.title, url: comment.url };
      },
    },
    {
      name: 'merge',
      title: 'The maintainer merges',
      async run() {
        const commit = await maintainer.merge(scene.pull().number);
        scene.mergedAt(commit);
        return { detail: `main is at ${commit.slice(0, 7)}`, url: `${stage.repository.htmlUrl}/commit/${commit}` };
      },
    },
    ...between,
    {
      name: 'deployment',
      title: 'Trueup rolls it out, behind the gate of each new revision',
      async run() {
        const { title, url } = await successful(scene.merged(), environments.map((environment) => `trueup/deploy (${environment})`));
        for (const environment of environments) {
          for (const [service, image] of Object.entries(releasedImages)) await serves(scene, environment, service, image);
        }
        return { detail: title, url };
      },
    },
  ];
}

/** @throws unless one healthy revision has all the traffic of a service that declares the image. */
export async function serves({ azure, app }: Scene, environment: string, service: string, image: string): Promise<void> {
  const { properties } = await app(environment, service, (found) => found.properties.template.containers[0]?.image === image);
  const serving = properties.configuration.ingress?.traffic?.filter(({ weight }) => weight > 0) ?? [];
  const [only] = serving;
  if (serving.length !== 1 || only?.weight !== 100) throw new Error(`${service} in ${environment}: traffic is not on one revision`);
  const health = await azure.revisionHealth(groupOf(environment), service, only.revisionName ?? '');
  if (health !== 'Healthy') throw new Error(`${service} in ${environment}: the revision that serves is ${health}`);
}

const linesShown = 16;

/** The comment's table as it reads in a terminal: without its markup and folded parts. */
function shownLines(body: string): readonly string[] {
  const [visible = ''] = body.split('<details>');
  const lines = visible.split('\n').filter((line) => line.trim() !== '' && !/^<|^\|[-|]+\|$/.test(line));
  return [...lines.slice(0, linesShown).map(unescaped), ...(lines.length > linesShown ? [`... and ${lines.length - linesShown} more lines`] : [])];
}
