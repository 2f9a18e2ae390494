import { Octokit } from '@octokit/rest';
import type { Stage } from '../../src/cli/demo/stage.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { serviceFile, shopFiles } from './shop.ts';
import { shopSeen } from './shop-seen.ts';

/** One repository with one environment of one service. */
export interface FleetShop {
  readonly name: string;
  readonly repository: LocalRepository;
  /** Every commit that asks for a deployment, oldest first; the first is there from the start. */
  readonly commits: readonly string[];
  /** Another generation goes to `main`. @returns its commit. */
  push(): Promise<string>;
  /** How Azure differs from the newest commit; empty for not at all. */
  differences(): Promise<readonly string[]>;
}

export const fleetCheck = 'trueup/deploy (dev)';
const service = 'web';
const [serviceFileAt, settingsFileAt] = [`trueup/services/${service}.yaml`, 'trueup/settings.yaml'];
/** Each third generation changes a setting, the others the image. */
const changesSetting = (generation: number): boolean => generation % 3 === 0;

export function fleetFiles(name: string): Readonly<Record<string, string>> {
  return shopFiles(name, { services: [service] });
}

export async function fleetShop(stage: Stage, repository: LocalRepository): Promise<FleetShop> {
  const { github } = stage;
  const octokit = new Octokit({ baseUrl: github.api, auth: github.token, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const { owner, name } = repository;
  const seen = shopSeen(stage, repository);
  const blobs = new Map<string, string>();
  const commits = [await seen.head()];
  const wanted = { image: 'contoso.azurecr.io/web:1.0.0', setting: 'off' };

  async function blobOf(path: string): Promise<string> {
    const { data } = await octokit.repos.getContent({ owner, repo: name, path });
    if (Array.isArray(data)) throw new Error(`${path} is a folder`);
    return data.sha;
  }

  function next(generation: number): { readonly path: string; readonly text: string } {
    if (changesSetting(generation)) {
      wanted.setting = `generation ${generation}`;
      return { path: settingsFileAt, text: (fleetFiles(name)[settingsFileAt] ?? '').replace('"off"', JSON.stringify(wanted.setting)) };
    }
    wanted.image = `contoso.azurecr.io/web:1.${generation}.0`;
    return { path: serviceFileAt, text: serviceFile(service).replace('contoso.azurecr.io/web:1.0.0', wanted.image) };
  }

  return {
    name,
    repository,
    commits,
    async push() {
      const { path, text } = next(commits.length + 1);
      const content = Buffer.from(text).toString('base64');
      const { data } = await octokit.repos.createOrUpdateFileContents({ owner, repo: name, path, branch: 'main', message: `Generation ${commits.length + 1}`, content, sha: blobs.get(path) ?? (await blobOf(path)) });
      blobs.set(path, data.content?.sha ?? '');
      commits.push(data.commit.sha ?? '');
      return commits.at(-1) ?? '';
    },
    async differences() {
      const [app, revisions] = await Promise.all([seen.app(service), seen.revisions(service)]);
      const { containers: [container] } = app.properties.template;
      const traffic = app.properties.configuration.ingress.traffic.filter(({ weight = 0 }) => weight > 0);
      const serving = revisions.filter(({ properties }) => properties.trafficWeight > 0);
      const active = revisions.filter(({ properties }) => properties.active);
      const setting = container?.env.find(({ name: variable }) => variable === 'FEATURE_NEW_CART')?.value;
      const expected: readonly (readonly [string, unknown, unknown])[] = [
        ['image', container?.image, wanted.image],
        ['setting', setting, wanted.setting],
        ['tag trueup-commit', app.tags['trueup-commit'], commits.at(-1)],
        ['provisioning', app.properties.provisioningState, 'Succeeded'],
        ['weights', traffic.map(({ weight }) => weight).join(' '), '100'],
        ['revision that serves', serving.map(({ properties }) => properties.template.containers[0]?.image).join(' '), wanted.image],
        ['active revisions', active.map((one) => one.name).join(' '), traffic[0]?.revisionName],
      ];
      return expected.flatMap(([what, is, should]) => (is === should ? [] : [`${name}: ${what} is ${String(is)}, not ${String(should)}`]));
    },
  };
}
