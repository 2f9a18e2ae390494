import { createSign } from 'node:crypto';
import type { LocalGitHubOptions, LocalRepository } from '../../src/local/github/start.ts';
import { githubBench, type GitHubBench, type Payload } from './local-github.ts';

/** What came back, without a client that has opinions about it. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly message: string | null;
  readonly body: Payload;
}

/** A local GitHub whose clock stands still until the test moves it. */
export interface TickingGitHub extends AsyncDisposable {
  readonly bench: GitHubBench;
  readonly repository: LocalRepository;
  /** `/repos/<owner>/<name>` */
  readonly path: string;
  advance(ms: number): void;
  /** Whole seconds since the epoch. */
  seconds(): number;
  /** A JWT of the App at the clock's time, with other claims where given. */
  jwt(claims?: object): string;
  installationToken(): Promise<string>;
  /** Without a token: as nobody. */
  call(method: string, path: string, token?: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<PlainAnswer>;
}

export async function tickingGitHub(options: Partial<LocalGitHubOptions> = {}): Promise<TickingGitHub> {
  let time = Date.now();
  const bench = await githubBench({ now: () => time, ...options });
  const repository = await bench.github.createRepository('ticking', { 'a.yaml': 'a: 1\n' });
  const jwt = (claims: object = {}): string => {
    const seconds = Math.floor(time / 1000);
    const parts = [{ alg: 'RS256', typ: 'JWT' }, { iss: bench.github.app.id, iat: seconds, exp: seconds + 300, ...claims }];
    const body = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${body}.${createSign('RSA-SHA256').update(body).sign(bench.github.app.privateKey).toString('base64url')}`;
  };
  const call: TickingGitHub['call'] = async (method, path, token, body, headers = {}) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${bench.github.api}${path}`, { method, headers: { ...authorization, ...headers }, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    const data: Payload = text === '' ? null : JSON.parse(text);
    return { status: answer.status, headers: answer.headers, message: data?.message ?? null, body: data };
  };
  return {
    bench,
    repository,
    path: `/repos/${repository.owner}/${repository.name}`,
    seconds: () => Math.floor(time / 1000),
    advance: (ms) => void (time += ms),
    jwt,
    installationToken: async () => (await call('POST', `/app/installations/${repository.installationId}/access_tokens`, jwt())).body.token,
    call,
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}
