import { z } from 'zod';
import type { GithubExchange, GithubObserver } from '../../src/local/github/observer.ts';

export interface SeenCheck {
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string;
}

const answered = z.object({
  name: z.string(),
  head_sha: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  output: z.object({ title: z.string().nullable() }),
});

/** Every write that GitHub accepted, and how each check stands. Nobody has to ask GitHub to know that one has ended. */
export function githubLedger() {
  const checks = new Map<string, SeenCheck>();
  const writes: { readonly at: number; readonly exchange: GithubExchange }[] = [];
  const observer: GithubObserver = {
    answered(exchange) {
      if (exchange.method === 'GET') return;
      writes.push({ at: Date.now(), exchange });
      if (exchange.status >= 300 || !/\/check-runs(?:\/\d+)?$/.test(exchange.path)) return;
      const check = answered.safeParse(exchange.body);
      if (!check.success) return;
      const { head_sha: commit, name, status, conclusion, output } = check.data;
      checks.set(`${commit} ${name}`, { status, conclusion, title: output.title ?? '' });
    },
    sent: () => undefined,
  };
  return {
    writes,
    observer,
    /** Null before there is one of that name. */
    check: (commit: string, name: string): SeenCheck | null => checks.get(`${commit} ${name}`) ?? null,
  };
}

export type GithubLedger = ReturnType<typeof githubLedger>;
