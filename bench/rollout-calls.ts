import type { JournalEntry } from '../src/local/azure/control/journal.ts';
import type { LocalGitHub } from '../src/local/github/start.ts';
import type { BenchAzure } from './rollout-azure.ts';

export const callKinds = ['app', 'revision', 'replicas', 'revisions', 'operation', 'metrics', 'list', 'other read', 'write', 'end revision'] as const;
export type CallKind = (typeof callKinds)[number];

export interface ArmCall {
  /** Milliseconds since the epoch, when it was asked. */
  readonly at: number;
  readonly ms: number;
  readonly kind: CallKind;
  readonly method: string;
  readonly status: number;
  /** Null for an operation's address, which names no group. */
  readonly group: string | null;
}

const kinds: readonly (readonly [CallKind, RegExp])[] = [
  ['metrics', /\/providers\/microsoft\.insights\/metrics$/],
  ['operation', /operation(statuses|results)\/[^/]+$/],
  ['replicas', /\/containerapps\/[^/]+\/revisions\/[^/]+\/replicas$/],
  ['revision', /\/containerapps\/[^/]+\/revisions\/[^/]+$/],
  ['revisions', /\/containerapps\/[^/]+\/revisions$/],
  ['app', /\/containerapps\/[^/]+$/],
  ['list', /\/containerapps$/],
];

function kindOf(method: string, path: string): CallKind {
  if (method === 'POST') return 'end revision';
  if (method !== 'GET') return 'write';
  return kinds.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other read';
}

export interface CallBook extends AsyncDisposable {
  readonly calls: readonly ArmCall[];
  clear(): void;
}

/** Every call of the bot to Resource Manager, from the wire. */
export function bookCalls({ azure }: BenchAzure): CallBook {
  const calls: ArmCall[] = [];
  const take = (entries: readonly JournalEntry[]): void => {
    for (const { at, ms, method, host, path, status, principalId } of entries) {
      if (principalId !== azure.identity.principalId || host !== 'management.azure.com') continue;
      const lower = path.toLowerCase();
      calls.push({ at, ms, method, status, kind: kindOf(method, lower), group: /\/resourcegroups\/([^/]+)/.exec(lower)?.[1] ?? null });
    }
  };
  const drain = (): void => {
    const entries = azure.journal.entries();
    azure.journal.clear();
    take(entries);
  };
  const timer = setInterval(drain, 1000);
  return {
    calls,
    clear() {
      drain();
      calls.length = 0;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      drain();
    },
  };
}

export interface GithubBook extends AsyncDisposable {
  readonly counts: { reads: number; writes: number };
}

/** How many calls of the App GitHub answered, from here on. */
export function bookGithub({ journal }: LocalGitHub): GithubBook {
  const counts = { reads: 0, writes: 0 };
  journal.clear();
  const drain = (): void => {
    const calls = journal.calls.filter(({ actor }) => actor === 'installation' || actor === 'app');
    journal.clear();
    for (const { method } of calls) counts[method === 'GET' ? 'reads' : 'writes'] += 1;
  };
  const timer = setInterval(drain, 1000);
  return {
    counts,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      drain();
    },
  };
}
