import { commitReader, type CommitReader } from '../../src/gitops/desired/commit-reader.ts';
import { manifestLanguage } from '../../src/gitops/desired/language.ts';
import type { ParsedFile } from '../../src/gitops/domain/parsed-file.ts';
import { parseFile } from '../../src/gitops/parser/parse-file.ts';
import type { RepositoryReader } from '../../src/gitops/ports.ts';
import type { DeploymentProgress, DeploymentState, ServiceProgress } from '../../src/kernel/messages/deployment.ts';
import type { KnownGood, Quarantined, ServiceStanding } from '../../src/kernel/standing.ts';
import type { Faults } from './delivery.ts';
import { gitopsWorld, ownerTenant, repositoryTenant, type GitopsWorld } from './gitops-world.ts';
import { goodManifests } from './manifests.ts';
import { serviceProgress } from './progress.ts';
import { memoryParsed } from './tiny-language.ts';

export type Files = Readonly<Record<string, string>>;

export const checkoutFile = 'trueup/RuntimeService.yaml';
export const catalogFile = 'trueup/catalog.yaml';
export const configurationFile = 'trueup/RuntimeConfiguration.yaml';

/** Two services, each in a file of its own, in `staging` and `prod`. */
export const shopFiles: Files = { ...goodManifests(), [catalogFile]: (goodManifests()[checkoutFile] ?? '').replaceAll('checkout', 'catalog'), 'README.md': '# Shop\n' };

/** With another text in a file. @throws when it has no such text. */
export function withText(files: Files, file: string, from: string, to: string): Files {
  const text = files[file] ?? '';
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  return { ...files, [file]: text.replaceAll(from, to) };
}

/** The release of a service in `prod`. */
export function releasing(files: Files, tag: string, file = checkoutFile): Files {
  return withText(files, file, ':1.4.1', `:${tag}`);
}

const ends = { Completed: 'RuntimeDeploymentCompleted', RolledBack: 'RuntimeDeploymentRolledBack', Failed: 'RuntimeDeploymentFailed' } as const;

export interface ProposalsWorld extends GitopsWorld {
  /** A push to the default branch, or the merge of a pull request, and what gitops makes of it. Answers the commit. */
  push(files: Files, pullRequest?: number): Promise<string>;
  /** A deployment of the last push to an environment ends. */
  end(state: keyof typeof ends, services: readonly Partial<ServiceProgress>[], over?: Partial<DeploymentProgress>): Promise<void>;
  /** What the ledger says of an environment. */
  stands(environment: string, services: readonly (Partial<ServiceStanding> & { readonly service: string })[]): void;
  /** Version of a configuration as an environment declares it at the last push. */
  configurationVersion(environment: string, name: string): Promise<string | null>;
  /** Digest of a service's release in `prod` at a commit. */
  releaseAt(commit: string, service: string): Promise<string | null>;
  /** Number of the newest pull request that is open. */
  open(): number | null;
}

/** gitops with the language of manifests as it is. */
export function proposalsWorld(faults?: Faults): ProposalsWorld {
  const world = gitopsWorld([], faults, realCommits);
  let [commit, generation, sequence] = ['', 0, 1];
  return {
    ...world,
    async push(files, pullRequest) {
      commit = world.github.commit('main', files);
      if (pullRequest !== undefined) world.github.openPull(pullRequest, commit, { state: 'closed', merged: true, mergeCommit: commit });
      await world.settle('SyncRepository', { reason: 'push' });
      generation = world.store.emitted.findLast(({ type }) => type === 'Deploy') === undefined ? generation : world.last('Deploy').generation;
      return commit;
    },
    async end(state, services, over = {}) {
      sequence += 1;
      const said = { deploymentId: `prod-${generation}`, environment: 'prod', commit, generation, sequence, state: state satisfies DeploymentState, services: services.map((one) => serviceProgress(one)), reason: null, needs: null, hold: null, ...over };
      await world.settle(ends[state], said);
    },
    stands(environment, services) {
      const all = services.map((one) => ({ tenant: 'contoso', knownGood: [], quarantined: [], ...one }));
      world.standings.set(`${ownerTenant} ${environment}`, { deployment: null, next: null, paused: null, services: all });
    },
    async configurationVersion(environment, name) {
      const { environments } = await realCommits(world.github.repository).at(repositoryTenant, commit);
      return environments.get(environment)?.configurations.find((one) => one.name === name)?.version ?? null;
    },
    async releaseAt(at, service) {
      const { environments } = await realCommits(world.github.repository).at(repositoryTenant, at);
      return environments.get('prod')?.services.find(({ name }) => name === service)?.digest ?? null;
    },
    open: () => [...world.github.proposed.keys()].toReversed().find((number) => world.github.isOpen(number)) ?? null,
  };
}

export function realCommits(repository: RepositoryReader): CommitReader {
  const parse = async (path: string, bytes: Uint8Array) => parseFile(path, bytes);
  return commitReader({ repository, parser: { parse }, parsed }, language);
}

/** Content-addressed, so that worlds of the same files share it. */
const parsed = memoryParsed();
const numbers = new Map<ParsedFile, number>();
const compiled = new Map<string, ReturnType<typeof manifestLanguage.compile>>();

/** The same files are compiled once for all worlds: a test that fails every call once makes many. */
const language: typeof manifestLanguage = {
  ...manifestLanguage,
  compile(files) {
    for (const file of files) if (!numbers.has(file)) numbers.set(file, numbers.size);
    const key = files.map((file) => numbers.get(file)).join(' ');
    const known = compiled.get(key) ?? manifestLanguage.compile(files);
    compiled.set(key, known);
    return known;
  },
};

export function knownGood(over: Partial<KnownGood> & Pick<KnownGood, 'commit'>): KnownGood {
  return {
    image: 'contoso.azurecr.io/checkout:1.4.1', digest: 'd'.repeat(64), revision: 'checkout--tfedcba9876', configuration: null, secrets: [],
    verdict: 'Passed readiness and a success rate of 99.8 % over 4,120 requests', at: '2026-11-23T09:30:00.000Z', ...over,
  };
}

export function quarantined(over: Partial<Quarantined> & Pick<Quarantined, 'commit'>): Quarantined {
  return { digest: 'b'.repeat(64), image: 'contoso.azurecr.io/checkout:1.5.0', reason: 'Its gate failed', at: '2026-11-24T05:12:00.000Z', ...over };
}

/** A service that failed its gate at 10 % and was taken back. */
export function failedAt10(over: Partial<ServiceProgress> = {}): Partial<ServiceProgress> {
  const gates: ServiceProgress['gates'] = [
    { gate: 'revision', answer: 'pass', detail: 'It runs with 3 of 3 replicas', samples: null, threshold: null },
    { gate: 'success rate', answer: 'fail', detail: '412 of 4,031 requests ended in a server error', samples: 4031, threshold: '>= 99 %' },
  ];
  return {
    service: 'checkout', image: 'contoso.azurecr.io/checkout:1.5.0', step: 'restored', revision: 'checkout--t0123456789', previousRevision: 'checkout--tfedcba9876', strategy: 'canary',
    url: 'https://checkout.happy-sea.westeurope.azurecontainerapps.io/',
    failure: { weight: 10, reason: 'success rate: 412 of 4,031 requests ended in a server error', gates }, ...over,
  };
}
