import { Octokit } from '@octokit/rest';
import type { LocalGitHub, LocalRepository } from '../src/local/github/start.ts';

/** One environment with one service of its own; its rollout is one of those that are measured. */
export interface Place {
  readonly environment: string;
  /** Lower case. */
  readonly group: string;
  readonly repository: string;
  /** Its release answers a part of the users' requests with 500. */
  readonly isBad: boolean;
}

/** How the second release comes. Texts as manifests have them. */
export interface Declared {
  readonly bake: string;
  readonly watch: string;
  readonly minSamples: number;
}

export const serviceName = 'shop';
export const weights = [10, 50] as const;
const serviceFile = 'trueup/shop.yaml';
const perRepository = 20;

export function fleetOf(rollouts: number, badPercent: number): readonly Place[] {
  return Array.from({ length: rollouts }, (_, index) => {
    const repository = `shop-${String(Math.floor(index / perRepository)).padStart(3, '0')}`;
    const environment = `e${String(index).padStart(4, '0')}`;
    const isBad = Math.floor(((index + 1) * badPercent) / 100) > Math.floor((index * badPercent) / 100);
    return { environment, group: `rg-${environment}`, repository, isBad };
  });
}

/** Repositories by name, with the first release, which comes at once. */
export function firstFiles(fleet: readonly Place[], subscription: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const groups = Map.groupBy(fleet, ({ repository }) => repository);
  return new Map([...groups].map(([name, places]) => [name, {
    'trueup/environments.yaml': places.map((place) => environmentManifest(place, subscription)).join('---\n'),
    [serviceFile]: serviceManifest(places, '1.0.0', 'strategy: all-at-once'),
  }]));
}

export function grantsOf(repositories: readonly LocalRepository[], fleet: readonly Place[], subscription: string): string {
  const tenants = repositories.map(({ id: repository, installationId: installation, name }) => ({
    installation, repository, tenant: 'contoso', subscriptions: [subscription], vaults: [], resourceGroups: fleet.filter((place) => place.repository === name).map(({ group }) => group),
  }));
  return JSON.stringify({ tenants });
}

/** The second release goes to `main` of every repository, as a canary. Answers when each did, in milliseconds since the epoch. */
export async function releaseAll(github: LocalGitHub, fleet: readonly Place[], declared: Declared): Promise<ReadonlyMap<string, number>> {
  const octokit = new Octokit({ baseUrl: github.api, auth: github.token, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const at = new Map<string, number>();
  for (const [repo, places] of Map.groupBy(fleet, ({ repository }) => repository)) {
    const file = { owner: github.owner, repo, path: serviceFile };
    const { data } = await octokit.repos.getContent(file);
    if (Array.isArray(data)) throw new Error(`${serviceFile} is a folder`);
    const content = Buffer.from(serviceManifest(places, '1.1.0', canary(declared))).toString('base64');
    await octokit.repos.createOrUpdateFileContents({ ...file, branch: 'main', message: 'Release 1.1.0', content, sha: data.sha });
    at.set(repo, Date.now());
  }
  return at;
}

function canary({ bake, watch, minSamples }: Declared): string {
  const steps = weights.map((weight) => `{ weight: ${weight}, bake: ${bake} }`).join(', ');
  return `strategy: canary
    steps: [${steps}]
    watch: ${watch}
    gate: { successRate: ">= 99%", minSamples: ${minSamples} }`;
}

// The platform's own probes are far apart: two thousand replicas are asked by the process that also is Azure and GitHub.
function serviceManifest(places: readonly Place[], tag: string, rollout: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: ${serviceName}, tenant: contoso, project: storefront }
spec:
  type: microservice
  image: ghcr.io/contoso/shop:${tag}
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.25, memory: 0.5Gi }
  health:
    readiness: { path: /health, timeout: 5s, period: 60s }
  rollout:
    ${rollout}
  environments:
${places.map(({ environment }) => `    ${environment}: {}\n`).join('')}`;
}

function environmentManifest({ environment, group }: Place, subscription: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: ${environment}, tenant: contoso, project: storefront }
spec:
  stage: staging
  region: westeurope
  azure:
    subscription: ${subscription}
    resourceGroup: ${group}
    managedEnvironment: cae-${environment}
  drift: { mode: report }
`;
}
