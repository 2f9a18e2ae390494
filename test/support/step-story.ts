import { setTimeout as sleep } from 'node:timers/promises';
import { armWrite, containerAppPath, ingressGet } from '../../src/cli/demo/arm-client.ts';
import type { Stage } from '../../src/cli/demo/stage.ts';
import { until } from '../../src/cli/demo/until.ts';
import type { Chapter } from '../promises/p05-steps.ts';
import type { Clone } from './clone.ts';
import { secretVersions, shopFiles } from './shop.ts';
import type { Shop } from './shop-seen.ts';

/** What runs where a chapter ended well. */
export interface Release {
  readonly image: string;
  readonly secret: string;
  readonly max: number;
}

export interface Told {
  readonly commit: string;
  /** Whether it has a check of its own: a scale alone is no deployment. */
  readonly isDeployment: boolean;
  /** What the commit declares. */
  readonly declared: Release;
  /** What served before it; null for nothing. */
  readonly before: Release | null;
}

const image = (tag: string): string => `contoso.azurecr.io/web:${tag}`;
const first: Release = { image: image('1.0.0'), secret: secretVersions.first, max: 2 };
const serviceAt = 'trueup/services/web.yaml';
const settingsAt = 'trueup/settings.yaml';
const rollout = 'rollout: { strategy: canary, steps: [{ weight: 50, bake: 1s }], watch: 0s }';
const judged = 'rollout: { strategy: canary, steps: [{ weight: 50, bake: 1s }], watch: 0s, gate: { successRate: ">= 90%", minSamples: 2 } }';

/** Azure takes 15 managed environments of a subscription in one region. */
const regions = ['westeurope', 'northeurope', 'swedencentral', 'eastus', 'westus2', 'uksouth'];

export const regionOf = (index: number): string => regions[index % regions.length] ?? '';

function firstFiles(name: string, region: string): Readonly<Record<string, string>> {
  const files = shopFiles(name);
  return {
    ...files,
    'trueup/environments/dev.yaml': (files['trueup/environments/dev.yaml'] ?? '').replace('region: westeurope', `region: ${region}`),
    [serviceAt]: (files[serviceAt] ?? '').replace('  environments: { dev', `  ${rollout}\n  environments: { dev`),
  };
}

type Edits = Parameters<Clone['commit']>[0];

const rotated = (text: string): string => text.replace(secretVersions.first, secretVersions.second);

const chapters: Readonly<Record<Chapter, { readonly edits: (name: string, region: string) => Edits; readonly declared: Release; readonly before: Release | null }>> = {
  first: { edits: firstFiles, declared: first, before: null },
  canary: { edits: () => ({ [serviceAt]: (text: string) => text.replace('web:1.0.0', 'web:1.1.0'), [settingsAt]: rotated }), declared: { image: image('1.1.0'), secret: secretVersions.second, max: 2 }, before: first },
  // The policy under another name: its scale is the same, and what is there is held against it.
  scaling: { edits: () => ({ [serviceAt]: (text: string) => text.replace('kind: ScalingPolicy\nmetadata: { name: web,', 'kind: ScalingPolicy\nmetadata: { name: web-scale,') }), declared: first, before: first },
  back: { edits: () => ({ [serviceAt]: (text: string) => text.replace('web:1.0.0', 'web:2.0.0-5xx-60').replace(rollout, judged), [settingsAt]: rotated }), declared: { image: image('2.0.0-5xx-60'), secret: secretVersions.second, max: 2 }, before: first },
};

/** The version that a release with this image refers to. */
export function secretOf(of: string): string {
  return of === first.image ? secretVersions.first : secretVersions.second;
}

/** Commits and pushes what the chapter is about. */
export async function begin(chapter: Chapter, stage: Stage, shop: Shop, work: Clone, region: string): Promise<Told> {
  const { edits, declared, before } = chapters[chapter];
  if (chapter === 'scaling') await scaledByHand(stage, shop);
  const commit = await work.commit(edits(shop.name, region));
  await work.push();
  return { commit, isDeployment: chapter !== 'scaling', declared, before };
}

/** In the portal, where Azure names the revision. */
async function scaledByHand({ azure }: Stage, shop: Shop): Promise<void> {
  const { properties: { template } } = await shop.app('web');
  const containers = template.containers.map(({ resources: { cpu, memory }, ...one }) => ({ ...one, resources: { cpu, memory } }));
  await armWrite(azure, 'PATCH', containerAppPath(azure.subscription, `rg-${shop.name}`, 'web'), { properties: { template: { ...template, revisionSuffix: '', containers, scale: { ...template.scale, maxReplicas: 5 } } } });
  // What Trueup was told before may put it back at once: that somebody was there shows in a revision of another name.
  await until('the scale that somebody set', async () => ((await shop.revisions('web')).some(({ name }) => !/--t[0-9a-f]{10}$/.test(name)) ? true : null), { withinMs: 60_000, everyMs: 100 });
}

const askEveryMs = 200;

/** Whoever uses the service meanwhile. */
export function askedMeanwhile({ azure }: Stage, shop: Shop): AsyncDisposable {
  const over = new AbortController();
  const asking = (async () => {
    const { fqdn } = (await shop.app('web')).properties.configuration.ingress;
    while (!over.signal.aborted) {
      // One that gets no answer does not keep the others back.
      void Promise.allSettled([ingressGet(azure, fqdn), ingressGet(azure, fqdn)]);
      await sleep(askEveryMs);
    }
    // Without requests the story does not end, and says why.
  })().catch(() => undefined);
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await asking;
    },
  };
}

