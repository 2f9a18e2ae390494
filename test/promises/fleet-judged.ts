import { Redis } from 'ioredis';
import type { Fleet } from '../support/fleet.ts';
import { fleetCheck } from '../support/fleet-shop.ts';
import { changesIn } from '../support/seen-changes.ts';
import { fleetFor, runPart, type Part, type PartRun } from './fleet.ts';
import type { Evidence } from './fleet-figures.ts';
import { auditEvidence, type AuditEvidence, type SeenChange } from './p14-audit-judge.ts';

/** A part that was run, with all that its judges look at; the fleet may be gone by then. */
export interface Judged {
  readonly run: PartRun;
  readonly evidence: Evidence;
  /** Deliveries of this part that were taken from a worker. */
  readonly stalled: number;
  readonly deadLetters: number;
  readonly setAside: Awaited<ReturnType<Fleet['redis']['setAside']>>;
  /** Saves that made a repository's generation smaller. */
  readonly staleCommits: number;
  /** Of GitHub, for whoever traces them. */
  readonly githubWrites: Fleet['github']['writes'];
  readonly audit: AuditEvidence;
}

export async function judgedOf({ stage, azure, github, redis }: Fleet, run: PartRun): Promise<Judged> {
  const checks = new Map(run.pushed.flatMap(({ commits }) => commits.map((commit) => [commit, github.check(commit, fleetCheck)] as const)));
  const asked = new Map(run.pushed.map(({ shop, commits }) => [shop.name, commits]));
  return {
    run,
    evidence: { writes: [...azure.writes], asked, check: (commit) => checks.get(commit) ?? null, differences: run.differences },
    stalled: redis.stalled.filter(({ at }) => at >= run.began && at <= run.ended).length,
    deadLetters: await redis.deadLetters(),
    setAside: await redis.setAside(),
    staleCommits: redis.wentBack(),
    githubWrites: [...github.writes],
    audit: await auditOf(stage.redis.url, () => changesIn({ azure, github })),
  };
}

async function auditOf(url: string, changes: () => readonly SeenChange[]): Promise<AuditEvidence> {
  const client = new Redis(url);
  try {
    return await auditEvidence(client, changes);
  } finally {
    client.disconnect();
  }
}

/** A fleet of its own for one part. */
export async function judgedPart(environments: number, part: Part, seed: number, tell: (line: string) => void): Promise<Judged> {
  await using fleet = await fleetFor(environments, part);
  return await judgedOf(fleet, await runPart(fleet, part, seed, tell));
}

/** How large a run was, for its record. */
export function sizeOf({ run }: Judged): Readonly<Record<string, number>> {
  const deployments = run.pushed.reduce((sum, { commits }) => sum + commits.length, 0);
  return { deployments, environments: run.pushed.length, kills: run.kills, stops: run.pauses, terminations: run.exits.length };
}
