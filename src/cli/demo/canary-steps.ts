import { deployCheck, imageOf, newestShare, picture } from './rollout-view.ts';
import { groupOf, type Scene, type StoryStep } from './scene.ts';
import { releasedImages } from './storefront.ts';

/** How production takes the release: some of the traffic first, judged by what visitors get. */
export function canarySteps(scene: Scene): readonly StoryStep[] {
  const { azure, app, merged, narrator, maintainer } = scene;
  return [
    {
      name: 'canary',
      title: 'Production gives gateway 10 % of the traffic, then 50 %, then all of it, as long as its visitors are well',
      async run() {
        const visitors = await scene.visitors('prod', 'gateway');
        for (const weight of [10, 50, 100]) {
          await app('prod', 'gateway', (seen) => imageOf(seen) === releasedImages.gateway && newestShare(seen) === weight);
          if (weight === 100) break;
          narrator.show(await picture(scene, merged(), weight));
        }
        const { sent, failed } = visitors.counts();
        if ((await maintainer.checkText(merged(), deployCheck)) === null) throw new Error(`there is no check ${deployCheck}`);
        return { detail: `all of the traffic after 10 % and 50 %; ${sent} requests of visitors, ${failed} failed`, url: azure.urlOf.app(groupOf('prod'), 'gateway') };
      },
    },
  ];
}
