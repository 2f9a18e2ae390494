import type { Shop } from './shop-seen.ts';
import { vaultOf } from './shop.ts';
import { secretOf, type Release, type Told } from './step-story.ts';
import type { ShopSteps } from './step-watch.ts';

export type End = 'converged' | 'compensated' | 'neither';

/** How it ended, with what speaks against either end. */
export interface Judged {
  readonly end: End;
  readonly why: readonly string[];
}

export async function endOf(shop: Shop, told: Told): Promise<Judged> {
  if (!told.isDeployment) return convergedOr(await differences(shop, told.declared, null));
  const check = (await shop.checks(told.commit)).find(({ name }) => name === 'trueup/deploy (dev)');
  const title = check?.output.title ?? 'no check';
  if (check?.status !== 'completed') return { end: 'neither', why: [`the check says: ${title}`] };
  if (check.conclusion === 'success') return convergedOr(await differences(shop, told.declared, told.commit));
  if (told.before === null) return { end: 'neither', why: [`${check.conclusion}: ${title}`, check.output.summary ?? ''] };
  const proposed = await shop.rest<readonly { readonly title: string }[]>('GET', '/pulls?state=open');
  const why = [
    ...(await differences(shop, told.before, null)),
    ...(check.conclusion === 'failure' ? [] : [`the check is ${check.conclusion}`]),
    ...(/^Rolled back: web at \d+ %: \S/.test(title) ? [] : [`the check says: ${title}`]),
    ...(proposed.length === 1 ? [] : [`${proposed.length} pull requests are open`]),
  ];
  return { end: why.length === 0 ? 'compensated' : 'neither', why };
}

function convergedOr(why: readonly string[]): Judged {
  return { end: why.length === 0 ? 'converged' : 'neither', why };
}

/** How the app differs from that release alone; `commit` null for any. */
async function differences(shop: Shop, release: Release, commit: string | null): Promise<readonly string[]> {
  const [app, revisions] = await Promise.all([shop.app('web'), shop.revisions('web')]);
  const { template: { containers: [container], scale }, configuration: { ingress: { traffic }, secrets }, provisioningState } = app.properties;
  const serving = traffic.filter(({ weight = 0 }) => weight > 0);
  const imageOf = (revision: string | undefined): string | undefined => revisions.find(({ name }) => name === revision)?.properties.template.containers[0]?.image;
  const used = container?.env.find(({ name }) => name === 'API_KEY')?.secretRef;
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['state', provisioningState, 'Succeeded'],
    ['image', container?.image, release.image],
    ['maximum', scale.maxReplicas, release.max],
    ['weights', serving.map(({ weight }) => weight).join(' '), '100'],
    ['image that serves', imageOf(serving[0]?.revisionName), release.image],
    ['secret', secrets?.find(({ name }) => name === used)?.keyVaultUrl?.split('/').at(-1), release.secret],
    ['trueup-commit', commit === null ? null : app.tags['trueup-commit'], commit],
  ];
  return rows.flatMap(([what, is, should]) => (is === should ? [] : [`${what} is ${String(is)}, not ${String(should)}`]));
}

interface Listed {
  readonly value: readonly { readonly id: string; readonly properties?: { readonly principalId?: string } }[];
}

/** What is there and was asked for by nobody: resources, active revisions without traffic that are not somebody else's, a second role. */
export async function orphansOf(shop: Shop, subscription: string, byHand: boolean): Promise<readonly string[]> {
  const [{ value: resources }, { value: roles }, app, revisions] = await Promise.all([
    shop.arm<Listed>('GET', `/subscriptions/${subscription}/resourceGroups/rg-${shop.name}/resources`),
    shop.arm<Listed>('GET', `/subscriptions/${subscription}/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/${vaultOf(shop.name)}/providers/Microsoft.Authorization/roleAssignments`),
    shop.app('web'),
    shop.revisions('web'),
  ]);
  const wanted = new Set(['id-contoso', `cae-${shop.name}`, 'web']);
  const names = resources.map(({ id }) => id.split('/').at(-1) ?? '');
  const idle = revisions.filter(({ name, properties: { active, trafficWeight } }) => active && trafficWeight === 0 && !(byHand && !/--t[0-9a-f]{10}$/.test(name)));
  const held = roles.filter(({ id }) => id.toLowerCase().includes(`/vaults/${vaultOf(shop.name)}/`));
  return [
    ...names.filter((name) => !wanted.has(name)),
    ...(names.length > new Set(names).size ? ['a resource twice'] : []),
    ...held.slice(1).map(({ id }) => id),
    ...idle.map(({ name }) => `${name} is active without traffic`),
    ...(app.properties.provisioningState === 'Succeeded' ? [] : ['the app is in the middle of a write']),
  ];
}

/**
 * Secrets of the app that no revision refers to: taken away from one that does, even an ended one, they hang Azure (docs/decisions/0011).
 * Azure does not say what a revision refers to, so it goes by the release that made it.
 */
export async function secretsLeftOf(shop: Shop): Promise<readonly string[]> {
  const [app, revisions] = await Promise.all([shop.app('web'), shop.revisions('web')]);
  const used = new Set(revisions.map(({ properties }) => secretOf(properties.template.containers[0]?.image ?? '')));
  const versions = (app.properties.configuration.secrets ?? []).map(({ keyVaultUrl }) => keyVaultUrl?.split('/').at(-1) ?? '');
  return versions.filter((version, index) => !used.has(version) || versions.indexOf(version) !== index);
}

/** Writes that changed something for a step that had changed it before. A repeat that leaves all as it was is counted apart. */
export function repeatsOf({ steps }: ShopSteps): { readonly doubled: readonly string[]; readonly withoutEffect: number } {
  const changing = steps.filter(({ effect }) => effect === 'changed').map(({ chapter, name }) => `${chapter}: ${name}`);
  return { doubled: changing.filter((step, index) => changing.indexOf(step) !== index), withoutEffect: steps.filter(({ effect }) => effect === 'same').length };
}
