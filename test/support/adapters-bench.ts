import type { AddressInfo, Server } from 'node:net';
import { pino } from 'pino';
import { clientsOf, probotOf } from '../../src/adapters/github/client.ts';
import { githubAdapters, type GitHubAdapters } from '../../src/adapters/github/github-adapters.ts';
import type { WriteMemo, Written } from '../../src/adapters/github/write-memo.ts';
import type { CheckReport } from '../../src/gitops/ports.ts';
import { tenantId, type TenantId } from '../../src/kernel/ids.ts';
import { shapesOnly } from '../../src/kernel/scrubbing/scrubber.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { LocalGitHubOptions, LocalRepository } from '../../src/local/github/start.ts';
import { githubSpec } from './github-spec.ts';
import { clone, githubBench, type GitHubBench } from './local-github.ts';

export const signal = new AbortController().signal;
export const manifest = 'kind: RuntimeService\n';

/** The adapters over real Probot against the local GitHub, with one repository. At its end all requests and answers are held against GitHub's description. */
export interface AdaptersBench extends AsyncDisposable {
  readonly bench: GitHubBench;
  readonly repository: LocalRepository;
  readonly tenant: TenantId;
  /** Head of main when it began. */
  readonly head: string;
  readonly github: GitHubAdapters;
  adaptersAt(apiUrl: string): GitHubAdapters;
  forgetWrites(): void;
  /** Methods of the requests since the journal was cleared that wrote something, tokens aside. */
  writes(): readonly string[];
  branch(name: string): Promise<string>;
  pullRequest(name: string): Promise<{ readonly number: number; readonly sha: string }>;
}

export async function adaptersBench(options: Partial<LocalGitHubOptions> = {}): Promise<AdaptersBench> {
  const watch = githubSpec();
  const bench = await githubBench({ observe: watch.observer, ...options });
  const repository = await bench.github.createRepository('platform', { 'deploy/checkout.yaml': manifest, 'README.md': '# Platform\n' });
  const copy = await clone(bench, repository, bench.github.token);
  const memory = new Map<string, Written>();
  const memo: WriteMemo = {
    get: async (owner, key) => memory.get(`${owner} ${key}`) ?? null,
    set: async (owner, key, written) => void memory.set(`${owner} ${key}`, written),
  };
  const adaptersAt = (apiUrl: string): GitHubAdapters => {
    const { id, privateKey } = bench.github.app;
    const probot = probotOf({ appId: id, privateKey: new Secret(privateKey), secret: new Secret('a secret that is not used here 0123'), apiUrl, throttle: false, scrubber: shapesOnly.to('github'), onToken: () => undefined, log: pino({ level: 'silent' }) });
    return githubAdapters({ clients: clientsOf(probot), memo, appId: id, clock: { now: () => Date.now() } });
  };
  const branch = async (name: string): Promise<string> => {
    await copy.git('checkout', '--quiet', '-B', name, 'origin/main');
    const commit = await copy.commit(name, { [`${name}.txt`]: name });
    await copy.git('push', '--quiet', '--force', 'origin', name);
    return commit;
  };
  return {
    bench,
    repository,
    tenant: tenantId(repository.installationId, repository.id),
    head: await copy.git('rev-parse', 'HEAD'),
    github: adaptersAt(bench.github.api),
    adaptersAt,
    forgetWrites: () => memory.clear(),
    writes: () => bench.github.journal.calls.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/access_tokens')).map(({ method }) => method),
    branch,
    async pullRequest(name) {
      const sha = await branch(name);
      const { data } = await bench.person().rest.pulls.create({ owner: repository.owner, repo: repository.name, title: name, head: name, base: 'main' });
      return { number: data.number, sha };
    },
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]();
      await watch.holds('the adapters to GitHub');
    },
  };
}

export function checkReport(change: Partial<CheckReport> & Pick<CheckReport, 'commit'>): CheckReport {
  return { name: 'trueup/plan', conclusion: 'success', title: 'Fine', summary: 'All is well', text: null, annotations: [], actions: [], ...change };
}

/** Of a TCP server that listens. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port; // it listens on TCP
}
