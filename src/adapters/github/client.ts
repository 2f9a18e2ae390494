import { Probot, ProbotOctokit } from 'probot';
import type { Scrubber } from '../../kernel/scrubbing/scrubber.ts';
import type { Secret } from '../../kernel/secret.ts';
import { openGate, type WriteGate } from '../audit/write-gate.ts';
import { gated } from './gated.ts';
import { openGuard, type Guard } from './guard.ts';
import { scrubbedBody } from './scrubbed-body.ts';
import { wholeAnswer } from './whole-answer.ts';

/** An Octokit of Probot's, authenticated as the App or as one installation. */
export type GitHubClient = Awaited<ReturnType<Probot['auth']>>;

export interface GitHubClients {
  app(): Promise<GitHubClient>;
  installation(id: number): Promise<GitHubClient>;
}

interface BotOptions {
  readonly appId: number;
  readonly privateKey: Secret<string>;
  /** Probot insists on one; our own intake has checked the signature before Probot sees a delivery. */
  readonly secret: Secret<string>;
  /** `https://api.github.com`, or that of another server. */
  readonly apiUrl: string;
  /** GitHub's own pace for writes. Off only against a server on this machine. */
  readonly throttle: boolean;
  /** After which a request is given up. */
  readonly callMs?: number;
  /** Goes over what is sent, last of all. */
  readonly scrubber: Pick<Scrubber, 'jsonText' | 'holds'>;
  /** Told each token as it is used. */
  readonly onToken: (token: string) => void;
  /** Without one nothing is kept of what is written. */
  readonly gate?: WriteGate;
  readonly log: NonNullable<ConstructorParameters<typeof Probot>[0]>['log'];
}

const defaultCallMs = 30_000;

/**
 * Probot with our own answers to three of its defaults: nothing is retried here, because jobs/ owns retries; nothing waits for a rate
 * limit inside a job; and no request, nor the token with it, leaves for another host than the configured one.
 */
export function probotOf({ appId, privateKey, secret, apiUrl, throttle, callMs = defaultCallMs, scrubber, onToken, gate = openGate, log }: BotOptions): Probot {
  const { origin } = new URL(apiUrl);
  // The function form: the object form of these defaults is ignored without an error (facts/github-bullmq.md 2.3).
  const Octokit = ProbotOctokit.plugin(gated(gate, apiUrl)).defaults((options: Record<string, unknown>) => ({
    ...options,
    retry: { enabled: false },
    throttle: { ...(options['throttle'] as object | undefined), enabled: throttle, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    request: { ...(options['request'] as object | undefined), fetch: pinnedFetch({ origin, callMs, scrubber, onToken }) },
  }));
  return new Probot({ appId, privateKey: privateKey.reveal(), secret: secret.reveal(), baseUrl: apiUrl, Octokit, ...(log && { log }) });
}

/** One client per installation, so that each has its own throttle and token. */
export function clientsOf(probot: Probot, guard: Guard = openGuard): GitHubClients {
  const guarded = new WeakSet<GitHubClient>();
  const behindGuard = (client: GitHubClient, installation: number | null): GitHubClient => {
    // Probot answers with the same client for the App each time.
    if (guarded.has(client)) return client;
    guarded.add(client);
    // What is wrapped last is outermost: the guard stands before the token's request and before the plugin that makes writes wait.
    client.hook.wrap('request', (request, options) => guard(installation, { method: options.method, url: options.url, isCutOff: () => options.request?.signal?.aborted === true }, async () => request(options)));
    return client;
  };
  return { app: async () => behindGuard(await probot.auth(), null), installation: async (id) => behindGuard(await probot.auth(id), id) };
}

function pinnedFetch({ origin, callMs, scrubber, onToken }: Required<Pick<BotOptions, 'callMs' | 'scrubber' | 'onToken'>> & { readonly origin: string }): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) throw new TypeError(`refused to call ${url.origin}: only ${origin} is configured`);
    const [, token] = new Headers(init?.headers).get('authorization')?.split(' ') ?? [];
    if (token !== undefined) onToken(token);
    const timeout = AbortSignal.timeout(callMs);
    return wholeAnswer(await fetch(input, { ...init, ...(typeof init?.body === 'string' && { body: scrubbedBody(url, init.body, scrubber) }), redirect: 'error', signal: init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout }));
  };
}
