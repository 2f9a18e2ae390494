/** One answered request. */
export interface GithubCall {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly actor: 'app' | 'installation' | 'person' | 'anonymous';
  /** ISO-8601 UTC, when the answer left. */
  readonly at: string;
  readonly ms: number;
  /** `x-github-request-id` of the answer; null where none came. */
  readonly requestId: string | null;
}

/** The latest requests of the REST API and of Git over HTTP, oldest first: to count calls. */
export interface GithubJournal {
  readonly calls: readonly GithubCall[];
  clear(): void;
}

const kept = 20_000;

export function githubJournal(): GithubJournal & { add(call: GithubCall): void } {
  let calls: GithubCall[] = [];
  return {
    get calls() {
      return calls;
    },
    add(call) {
      calls.push(call);
      if (calls.length > kept * 1.1) calls = calls.slice(-kept);
    },
    clear() {
      calls = [];
    },
  };
}
