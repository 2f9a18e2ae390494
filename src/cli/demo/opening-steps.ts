import { addressesOf } from './addresses.ts';
import type { FinishedCheck } from './maintainer.ts';
import { failureText, groupOf, type Scene, type StoryStep } from './scene.ts';
import { environments, services } from './storefront.ts';
import { until } from './until.ts';

const minute = 60_000;

/** From nothing to a repository that runs as it declares. */
export function openingSteps({ stage, narrator, maintainer, azure, successful }: Scene): readonly StoryStep[] {
  const { repository } = stage;
  return [
    {
      name: 'repository',
      title: `A repository with ${services.length} services of 2 tenants in ${environments.length} environments`,
      run: async () => ({ detail: `${repository.owner}/${repository.name} at ${(await maintainer.headOf('main')).slice(0, 7)}`, url: repository.htmlUrl }),
    },
    {
      name: 'bot',
      title: 'Trueup starts, as one web and one worker process',
      async run() {
        const bot = await stage.startBot((role) => narrator.show([`the ${role} process ended and was started again`]));
        narrator.ready(addressesOf(stage));
        return { detail: `pids ${Object.entries(bot.pids()).map(([role, pid]) => `${role} ${pid}`).join(', ')}`, url: `${stage.botUrl}/readyz` };
      },
    },
    {
      name: 'provision',
      title: 'It finds the repository and provisions what it declares',
      async run() {
        for (const environment of environments) {
          const [group, name] = [groupOf(environment), `cae-storefront-${environment}`];
          const refused = await until(`the managed environment of ${environment}`, async () => {
            if ((await azure.environment(group, name))?.properties.provisioningState === 'Succeeded') return 'there';
            return refusedDeployment(maintainer, environment);
          }, { withinMs: minute });
          if (refused !== 'there') throw new Error(failureText(refused));
          for (const identity of ['id-storefront', 'id-fabrikam']) {
            await until(`${identity} of ${environment}`, async () => ((await azure.hasIdentity(group, identity)) ? true : null), { withinMs: minute });
          }
        }
        return { detail: 'resource groups, managed environments and identities of staging and prod', url: azure.urlOf.environment(groupOf('prod'), 'cae-storefront-prod') };
      },
    },
    {
      name: 'first-deployment',
      title: 'and deploys it',
      async run() {
        const { title, url } = await successful(await maintainer.headOf('main'), environments.map((environment) => `trueup/deploy (${environment})`));
        return { detail: title, url };
      },
    },
  ];
}

/** Null while Trueup has not given up on the environment. */
async function refusedDeployment(maintainer: Scene['maintainer'], environment: string): Promise<FinishedCheck | null> {
  const check = await maintainer.finishedCheck(await maintainer.headOf('main'), `trueup/deploy (${environment})`);
  return check && check.conclusion !== 'success' ? check : null;
}
