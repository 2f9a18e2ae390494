import { Octokit } from '@octokit/rest';
import type { LocalGitHub, LocalRepository } from '../../src/local/github/start.ts';

/** A repository of one tenant with environments in one subscription, each with the same service. */
export interface OutageShop {
  readonly name: string;
  readonly subscription: string;
  readonly region: string;
  readonly environments: readonly string[];
}

/** Azure takes 15 managed environments of a subscription in one region; the local one has both subscriptions in one. */
const mostInRegion = 12;
const regions = ['westeurope', 'northeurope', 'swedencentral', 'eastus', 'westus2', 'uksouth', 'francecentral', 'eastus2', 'centralus', 'japaneast', 'koreacentral', 'ukwest'];
const serviceFile = 'trueup/shop.yaml';

export function outageShops(subscription: string, prefix: string, environments: number, firstRegion = 0): readonly OutageShop[] {
  const places = regions.slice(firstRegion, firstRegion + Math.ceil(environments / mostInRegion));
  if (places.length * mostInRegion < environments) throw new RangeError(`${environments} environments need more regions than there are`);
  return places.map((region, index) => ({
    name: `${prefix}${index}`,
    subscription,
    region,
    environments: Array.from({ length: Math.min(mostInRegion, environments - index * mostInRegion) }, (_unused, each) => `e${each}`),
  }));
}

export function outageFiles(shop: OutageShop): Readonly<Record<string, string>> {
  return { 'trueup/environments.yaml': shop.environments.map((name) => environmentManifest(shop, name)).join('---\n'), [serviceFile]: serviceManifest(shop, '1.0.0') };
}

export function outageGrants(repositories: readonly LocalRepository[], shops: readonly OutageShop[]): string {
  const tenants = repositories.flatMap(({ id: repository, installationId: installation, name }) =>
    shops.filter((shop) => shop.name === name).map(({ subscription }) => ({ installation, repository, tenant: 'contoso', subscriptions: [subscription], vaults: [], resourceGroups: [`rg-${name}-*`] })),
  );
  return JSON.stringify({ tenants });
}

/** To `main`, as a person. @returns the commit. */
export async function pushVersion(github: LocalGitHub, shop: OutageShop, version: string): Promise<string> {
  const octokit = new Octokit({ baseUrl: github.api, auth: github.token, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const file = { owner: github.owner, repo: shop.name, path: serviceFile };
  const { data } = await octokit.repos.getContent(file);
  if (Array.isArray(data)) throw new Error(`${serviceFile} is a folder`);
  const content = Buffer.from(serviceManifest(shop, version)).toString('base64');
  const written = await octokit.repos.createOrUpdateFileContents({ ...file, branch: 'main', message: `Release ${version}`, content, sha: data.sha });
  return written.data.commit.sha ?? '';
}

export interface DeployCheck {
  readonly environment: string;
  readonly conclusion: string | null;
  readonly title: string;
}

/** What `trueup/deploy (ENV)` says of a commit, by environment. */
export async function deployChecks(github: LocalGitHub, shop: OutageShop, ref: string): Promise<readonly DeployCheck[]> {
  const octokit = new Octokit({ baseUrl: github.api, auth: github.token, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const { data } = await octokit.checks.listForRef({ owner: github.owner, repo: shop.name, ref, per_page: 100, filter: 'latest' });
  return data.check_runs.flatMap(({ name, conclusion, output }) => {
    const environment = /^trueup\/deploy \((.*)\)$/.exec(name)?.[1];
    return environment === undefined ? [] : [{ environment, conclusion, title: output.title ?? '' }];
  });
}

function serviceManifest({ environments }: OutageShop, version: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: shop, tenant: contoso }
spec:
  type: microservice
  image: ghcr.io/contoso/shop:${version}
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.25, memory: 0.5Gi }
  health:
    readiness: { path: /health, timeout: 5s, period: 60s }
  environments: { ${environments.map((name) => `${name}: {}`).join(', ')} }
`;
}

function environmentManifest({ name, subscription, region }: OutageShop, environment: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: ${environment}, tenant: contoso }
spec:
  stage: staging
  region: ${region}
  azure:
    subscription: ${subscription}
    resourceGroup: rg-${name}-${environment}
    managedEnvironment: cae-${name}-${environment}
  drift: { mode: report }
`;
}
