import { Probot, ProbotOctokit } from 'probot';

/** An Octokit of Probot's, authenticated as the App or as one installation. */
export type GitHubClient = Awaited<ReturnType<Probot['auth']>>;

export interface GitHubClients {
  app(): Promise<GitHubClient>;
  installation(id: number): Promise<GitHubClient>;
}

interface BotOptions {
  readonly appId: number;
  readonly privateKey: string;
  /** Probot insists on one; our own intake has checked the signature before Probot sees a delivery. */
  readonly secret: string;
  /** `https://api.github.com`, or that of another server. */
  readonly apiUrl: string;
  /** GitHub's own pace for writes. Off only against a server on this machine. */
  readonly throttle: boolean;
  readonly log: NonNullable<ConstructorParameters<typeof Probot>[0]>['log'];
}

const requestMs = 30_000;

/**
 * Probot with our own answers to three of its defaults: nothing is retried here, because jobs/ owns retries; nothing waits for a rate
 * limit inside a job; and no request, nor the token with it, leaves for another host than the configured one.
 */
export function probotOf({ appId, privateKey, secret, apiUrl, throttle, log }: BotOptions): Probot {
  const { origin } = new URL(apiUrl);
  // The function form: the object form of these defaults is ignored without an error (facts/github-bullmq.md 2.3).
  const Octokit = ProbotOctokit.defaults((options: Record<string, unknown>) => ({
    ...options,
    retry: { enabled: false },
    throttle: { ...(options['throttle'] as object | undefined), enabled: throttle, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    request: { ...(options['request'] as object | undefined), fetch: pinnedFetch(origin) },
  }));
  return new Probot({ appId, privateKey, secret, baseUrl: apiUrl, Octokit, ...(log && { log }) });
}

/** One client per installation, so that each has its own throttle and token. */
export function clientsOf(probot: Probot): GitHubClients {
  return { app: () => probot.auth(), installation: (id) => probot.auth(id) };
}

function pinnedFetch(origin: string): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) return Promise.reject(new TypeError(`refused to call ${url.origin}: only ${origin} is configured`));
    const timeout = AbortSignal.timeout(requestMs);
    return fetch(input, { ...init, redirect: 'error', signal: init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
  };
}
