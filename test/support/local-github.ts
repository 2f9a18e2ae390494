import { execFile } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { pino } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import type { Limits } from '../../src/local/github/limits.ts';
import { startLocalGitHub, type LocalGitHub, type LocalGitHubOptions, type LocalRepository } from '../../src/local/github/start.ts';

const execute = promisify(execFile);
/** Far above GitHub's: a test file does within seconds, as one person, what a team does in hours. Tests of the limits set their own. */
export const wideLimits: Partial<Limits> = { installationPerHour: 1_000_000, personPerHour: 1_000_000, pointsPerMinute: 1_000_000, contentPerMinute: 1_000_000, contentPerHour: 1_000_000 };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
export const webhookSecret = 'a webhook secret of the tests';

export interface ReceivedEvent {
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  // A payload is as deep as GitHub makes it; a test names what it looks at.
  readonly payload: Payload;
}
// oxlint-disable-next-line typescript/no-explicit-any
export type Payload = any;

export interface GitHubBench extends AsyncDisposable {
  readonly github: LocalGitHub;
  readonly directory: string;
  /** What the App's endpoint got, oldest first. */
  readonly events: ReceivedEvent[];
  /** What the App's endpoint answers from here on. */
  answerWith(status: number): void;
  /** Every event sent so far has arrived. */
  settled(): Promise<void>;
  person(token?: string): Octokit;
  /** The App as Probot authenticates it: with an installation's id as that installation, without as the App itself. */
  app(installation?: number): Promise<AppClient>;
}

/** Octokit by its routes, with answers as deep as GitHub makes them. */
export interface AppClient {
  request(route: string, parameters?: object): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string | undefined>>; readonly data: Payload }>;
}

export async function githubBench(options: Partial<LocalGitHubOptions> = {}): Promise<GitHubBench> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-github-'));
  const events: ReceivedEvent[] = [];
  let status = 202;
  const receiver = await eventReceiver(events, () => status);
  const { port } = receiver.address() as AddressInfo;
  const github = await startLocalGitHub({ directory: join(directory, 'repositories'), webhook: { url: `http://127.0.0.1:${port}/api/github/webhooks`, secret: webhookSecret }, limits: wideLimits, ...options });
  const probot = new Probot({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    secret: webhookSecret,
    baseUrl: github.api,
    log: pino({ level: 'silent' }),
    Octokit: ProbotOctokit.defaults((defaults: { throttle?: object; retry?: object }) => ({ ...defaults, throttle: { ...defaults.throttle, enabled: false }, retry: { ...defaults.retry, enabled: false } })),
  });
  return {
    github,
    directory,
    events,
    answerWith(code) {
      status = code;
    },
    settled: () => github.deliveries.settled(),
    person: (token = github.token) => new Octokit({ baseUrl: github.api, auth: token, log: silent }),
    // Probot's client has this method, for more routes than it can type.
    app: async (installation) => (await probot.auth(installation)) as unknown as AppClient,
    async [Symbol.asyncDispose]() {
      await github[Symbol.asyncDispose]();
      receiver.closeAllConnections();
      receiver.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function eventReceiver(events: ReceivedEvent[], status: () => number): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      events.push({ name: String(request.headers['x-github-event']), headers: request.headers, raw, payload: JSON.parse(raw) });
      response.writeHead(status()).end('{}');
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export interface WorkingCopy {
  readonly path: string;
  git(...args: readonly string[]): Promise<string>;
  /** Writes the files and commits them. @returns the commit. */
  commit(message: string, files: Readonly<Record<string, string>>): Promise<string>;
}

const gitEnvironment = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  GIT_CONFIG_COUNT: '3',
  GIT_CONFIG_KEY_0: 'user.name',
  GIT_CONFIG_VALUE_0: 'Dev',
  GIT_CONFIG_KEY_1: 'user.email',
  GIT_CONFIG_VALUE_1: 'dev@example.com',
  // Nobody reads a clone of a test after a crash of the machine.
  GIT_CONFIG_KEY_2: 'core.fsync',
  GIT_CONFIG_VALUE_2: 'none',
};

/** A real clone, with the real git. */
export async function clone(bench: GitHubBench, repository: Pick<LocalRepository, 'cloneUrl'>, token: string): Promise<WorkingCopy> {
  const path = await mkdtemp(join(bench.directory, 'clone-'));
  const address = repository.cloneUrl.replace('http://', `http://x-access-token:${token}@`);
  const run = async (program: string, args: readonly string[]): Promise<string> => (await execute(program, args, { cwd: path, env: gitEnvironment })).stdout.trim();
  const git = (...args: readonly string[]): Promise<string> => run('git', args);
  await git('clone', '--quiet', '--template=', address, '.');
  return {
    path,
    git,
    async commit(message, files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), content);
      }
      // One process of this large one instead of three.
      return run('sh', ['-c', 'git add --all && git commit --quiet -m "$1" && git rev-parse HEAD', 'sh', message]);
    },
  };
}

/** The status of an answer that Octokit throws, or of one that it does not. */
export async function statusOf(call: Promise<{ readonly status: number }>): Promise<number> {
  return call.then(
    ({ status }) => status,
    (error: { status?: number }) => error.status ?? -1,
  );
}

/** GitHub's words for what it refused. */
export async function refusal(call: Promise<{ readonly status: number }>): Promise<{ readonly status: number; readonly message: string; readonly errors: readonly { readonly message?: string; readonly field?: string }[] }> {
  return call.then(
    ({ status }) => ({ status, message: 'accepted', errors: [] }),
    (error: { status?: number; response?: { data?: Payload } }) => ({ status: error.status ?? -1, message: error.response?.data?.message ?? String(error), errors: error.response?.data?.errors ?? [] }),
  );
}
