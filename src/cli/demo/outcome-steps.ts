import { ingressGet } from './arm-client.ts';
import type { FinishedCheck } from './maintainer.ts';
import { groupOf, type Scene, type StoryStep } from './scene.ts';
import { environments, releasedImages } from './storefront.ts';

const newerKey = '7d0a1c93b85e4f2a96d1e3c05b7f8a24';

/** What the release left behind, seen in Azure, through the ingress and on the commit. */
export function outcomeSteps(scene: Scene): readonly StoryStep[] {
  const { stage, azure, app } = scene;
  const checkoutUrl = azure.urlOf.app(groupOf('prod'), 'checkout');
  return [
    {
      name: 'configuration',
      title: 'with the configuration that Git declares',
      async run() {
        const { properties } = await app('prod', 'checkout');
        const value = properties.template.containers[0]?.env?.find(({ name }) => name === 'FEATURE_NEW_CART')?.value;
        if (value !== 'off') throw new Error(`FEATURE_NEW_CART is ${value} in prod, declared is off`);
        return { detail: 'FEATURE_NEW_CART=off in prod', url: checkoutUrl };
      },
    },
    {
      name: 'secrets',
      title: 'with the secret as a reference to Key Vault, never its value',
      async run() {
        const { properties } = await app('prod', 'checkout');
        const reference = properties.template.containers[0]?.env?.find(({ name }) => name === 'PAYMENTS_API_KEY')?.secretRef;
        const secret = properties.configuration.secrets?.find(({ name }) => name === reference);
        if (!secret?.keyVaultUrl?.endsWith(`/${newerKey}`)) throw new Error(`PAYMENTS_API_KEY refers to ${secret?.keyVaultUrl ?? 'nothing'}`);
        return { detail: `${secret.keyVaultUrl} through ${secret.identity?.split('/').at(-1)}`, url: checkoutUrl };
      },
    },
    {
      name: 'scale',
      title: 'and the scale of its policy',
      async run() {
        const { properties } = await app('prod', 'checkout', (found) => found.properties.template.scale?.maxReplicas === 24);
        const { minReplicas, maxReplicas } = properties.template.scale ?? {};
        if (minReplicas !== 2) throw new Error(`minReplicas is ${minReplicas}, declared is 2`);
        return { detail: `${minReplicas} to ${maxReplicas} replicas of checkout in prod`, url: checkoutUrl };
      },
    },
    {
      name: 'traffic',
      title: 'Users reach the new revision through the ingress',
      async run() {
        const fqdn = (await app('prod', 'gateway')).properties.configuration.ingress?.fqdn ?? '';
        const { status, body } = await ingressGet(stage.azure, fqdn);
        if (status !== 200 || !body.includes(releasedImages.gateway)) throw new Error(`https://${fqdn}/ answered ${status}`);
        return { detail: `https://${fqdn}/ answers from ${releasedImages.gateway}`, url: azure.urlOf.app(groupOf('prod'), 'gateway') };
      },
    },
    {
      name: 'health',
      title: 'and their health is reported on the commit',
      async run() {
        const checks = await Promise.all(environments.map((environment) => healthAfterDeploy(scene, environment)));
        const verdicts = environments.map((environment, index) => `${environment}: ${checks[index]?.title ?? ''}`);
        return { detail: `${verdicts.join(', ')}, evaluated after the deployment`, url: checks[0]?.url ?? null };
      },
    },
  ];
}

/** The first evaluation since the merge's deployment. @throws when none comes, or when it does not say that the environment is well. */
async function healthAfterDeploy({ successful, merged }: Scene, environment: string): Promise<FinishedCheck> {
  const { completedAt } = await successful(merged(), [`trueup/deploy (${environment})`]);
  return successful(merged(), [`trueup/health (${environment})`], completedAt);
}
