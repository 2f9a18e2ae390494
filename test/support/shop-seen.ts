import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../../src/cli/demo/stage.ts';
import { httpCall } from '../../src/cli/demo/http-call.ts';
import { until } from '../../src/cli/demo/until.ts';
import type { JournalEntry } from '../../src/local/azure/control/journal.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { appWrites } from './app-writes.ts';
import { clone, type Clone } from './clone.ts';
import { groupOf } from './shop.ts';

interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly completed_at: string | null;
  readonly output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
}

interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly annotation_level: string;
  readonly message: string;
}

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

/** What of ARM's JSON the scenarios look into. */
export interface AppJson {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly properties: {
    readonly provisioningState: string;
    readonly outboundIpAddresses?: readonly string[];
    readonly configuration: {
      readonly ingress: { readonly fqdn: string; readonly traffic: readonly { readonly revisionName?: string; readonly weight?: number }[] };
      readonly secrets: readonly { readonly name: string; readonly keyVaultUrl?: string; readonly identity?: string }[] | null;
    };
    readonly template: {
      readonly containers: readonly { readonly image: string; readonly resources: { readonly cpu: number; readonly memory: string }; readonly env: readonly { readonly name: string; readonly value?: string; readonly secretRef?: string }[] }[];
      readonly scale: { readonly minReplicas: number | null; readonly maxReplicas: number };
    };
  };
}

interface RevisionJson {
  readonly name: string;
  readonly properties: { readonly active: boolean; readonly trafficWeight: number; readonly healthState: string; readonly template: { readonly containers: readonly { readonly image: string }[] } };
}

/** One repository and its resource group, seen from outside: GitHub's REST API, plain git, and ARM with a person's token. */
export interface Shop {
  readonly name: string;
  readonly repository: LocalRepository;
  /** Of the repository, or of another one with somebody else's token. */
  clone(url?: string, token?: string): Promise<Clone>;
  rest<T>(method: string, path: string, body?: object, token?: string): Promise<T>;
  head(): Promise<string>;
  open(branch: string, token?: string): Promise<number>;
  /** @returns the merge commit. */
  merge(number: number): Promise<string>;
  checks(commit: string): Promise<readonly CheckRun[]>;
  /** The newest check of that name once it has ended, and `also` says that it is what is waited for. */
  finished(commit: string, name: string, also?: (check: CheckRun) => boolean, withinMs?: number): Promise<CheckRun>;
  /** Like `finished`; tells what the check says when its end is another. */
  green(commit: string, name: string, also?: (check: CheckRun) => boolean, withinMs?: number): Promise<CheckRun>;
  annotations(check: CheckRun): Promise<readonly Annotation[]>;
  /** Comments of Trueup on the pull request. */
  comments(number: number): Promise<readonly Comment[]>;
  arm<T>(method: string, path: string, body?: object): Promise<T>;
  app(service: string, environment?: string): Promise<AppJson>;
  apps(environment?: string): Promise<readonly AppJson[]>;
  revisions(service: string, environment?: string): Promise<readonly RevisionJson[]>;
  /** What Trueup asked Azure about this shop's resource groups, oldest first. */
  calls(): readonly JournalEntry[];
  writes(): readonly JournalEntry[];
  /** Deployed for the first time, from its first commit. @returns that commit. */
  deployed(environment?: string): Promise<string>;
}

const apiVersion = '2026-07-01';
const writing = new Set(['PUT', 'PATCH', 'POST', 'DELETE']);

export function shopSeen(stage: Stage, repository: LocalRepository): Shop {
  const { github, azure } = stage;
  const { name, owner } = repository;
  const repo = `/repos/${owner}/${name}`;
  const appsPath = (environment: string): string => `/subscriptions/${azure.subscription}/resourceGroups/${groupOf(name, environment)}/providers/Microsoft.App/containerApps`;

  const shop: Shop = {
    name,
    repository,
    clone: (url = repository.cloneUrl, token = github.token) => clone(url, token),
    async rest<T>(method: string, path: string, body?: object, token = github.token): Promise<T> {
      const answer = await fetch(`${github.api}${path.startsWith('/repos/') ? '' : repo}${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body && { body: JSON.stringify(body) }) });
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
      // The caller says what this endpoint answers.
      return (await answer.json()) as T;
    },
    head: async () => (await shop.rest<{ object: { sha: string } }>('GET', '/git/ref/heads/main')).object.sha,
    open: async (branch, token) => (await shop.rest<{ number: number }>('POST', '/pulls', { title: `Take ${branch}`, head: branch, base: 'main' }, token)).number,
    merge: async (number) => (await shop.rest<{ sha: string }>('PUT', `/pulls/${number}/merge`, { merge_method: 'merge' })).sha,
    checks: async (commit) => (await shop.rest<{ check_runs: readonly CheckRun[] }>('GET', `/commits/${commit}/check-runs?per_page=100`)).check_runs,
    finished(commit, wanted, also = () => true, withinMs = 120_000) {
      const isWorthIt = appWrites(github, `/${name}/check-runs`);
      return until(`${wanted} on ${name} at ${commit.slice(0, 7)}`, async () => {
        if (!isWorthIt()) return null;
        const found = (await shop.checks(commit)).find((check) => check.name === wanted);
        if (found?.status === 'completed' && also(found)) return found;
        throw new Error(found ? `${found.status} ${found.conclusion}: ${found.output.title}\n${found.output.summary}` : 'no such check');
      }, { withinMs, everyMs: 50 }).catch((error: unknown) => {
        throw new Error(`${String(error)}\nThe worker said last:\n${lastLines(join(stage.directory, 'worker.log'))}`, { cause: error });
      });
    },
    async green(commit, wanted, also, withinMs) {
      const check = await shop.finished(commit, wanted, also, withinMs);
      if (check.conclusion !== 'success') throw new Error(`${wanted} on ${name} is ${check.conclusion}: ${check.output.title}\n${check.output.summary}`);
      return check;
    },
    annotations: ({ id }) => shop.rest('GET', `/check-runs/${id}/annotations?per_page=100`),
    comments: async (number) => (await shop.rest<readonly Comment[]>('GET', `/issues/${number}/comments?per_page=100`)).filter(({ user }) => user.login === `${github.app.slug}[bot]`),
    arm: (method, path, body) => armCall(stage, method, path, body),
    app: async (service, environment = 'dev') => lasting(await shop.arm<AppJson>('GET', `${appsPath(environment)}/${service}`)),
    apps: async (environment = 'dev') => (await allPages<AppJson>(stage, appsPath(environment))).map(lasting),
    revisions: (service, environment = 'dev') => allPages<RevisionJson>(stage, `${appsPath(environment)}/${service}/revisions`),
    calls: () => azure.journal.entries().filter(({ path, principalId }) => principalId !== null && principalId === azure.identity.principalId && new RegExp(`/rg-${name}(?:-[a-z]+)?(?:/|$)`, 'i').test(path)),
    writes: () => shop.calls().filter(({ method }) => writing.has(method)),
    async deployed(environment = 'dev') {
      const first = await shop.head();
      await shop.green(first, `trueup/deploy (${environment})`);
      return first;
    },
  };
  return shop;
}

/** Without what changes from look to look though nobody writes. */
function lasting(app: AppJson): AppJson {
  const { outboundIpAddresses: _outboundIpAddresses, ...properties } = app.properties;
  return { ...app, properties };
}

/** What is newest may stand on the last page. */
async function allPages<T>(stage: Stage, path: string): Promise<readonly T[]> {
  const items: T[] = [];
  for (let query: string | null = `?api-version=${apiVersion}`; query !== null; ) {
    const { value, nextLink }: { readonly value: readonly T[]; readonly nextLink?: string } = await armRequest(stage, 'GET', `${path}${query}`);
    items.push(...value);
    query = nextLink === undefined ? null : new URL(nextLink).search;
  }
  return items;
}

function armCall<T>(stage: Stage, method: string, path: string, sent?: object): Promise<T> {
  return armRequest(stage, method, `${path}?api-version=${apiVersion}`, sent);
}

async function armRequest<T>({ azure }: Stage, method: string, path: string, sent?: object): Promise<T> {
  const headers = { authorization: `Bearer ${azure.token}`, 'content-type': 'application/json' };
  const { status, body } = await httpCall(`${azure.arm}${path}`, { method, ca: azure.ca, headers }, sent && JSON.stringify(sent));
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${body}`);
  // The caller says what this resource looks like.
  return (body === '' ? null : JSON.parse(body)) as T;
}

/** Of a log, which is gone with the machine: what was waited for in vain can be understood only by what is printed. */
function lastLines(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-20).map((line) => line.slice(0, 700)).join('\n');
}
