import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { deploymentMessages, type DeploymentProgress, type DeploymentState } from '../../kernel/messages/deployment.ts';
import { commit, generation, name } from '../../kernel/messages/shapes.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';

/** Where and at which attempt is said by the report itself. */
const progress = deploymentMessages.RuntimeDeploymentProgressed.schema.omit({ environment: true, commit: true, generation: true });

const refusal = z.strictObject({
  what: z.string(),
  reason: z.string(),
  needs: z.string(),
  /** Whether the deployment waits for it. */
  blocks: z.boolean(),
});

const pullRequestLink = z.strictObject({ number: z.number().int().positive(), url: z.string() });

const deployReport = z.strictObject({
  environment: name,
  commit,
  /** The attempt that is reported; what belongs to an older one is ignored. */
  generation,
  trace: z.string(),
  /** Null until the merge is found; 0 when the commit came without a pull request. */
  pullRequest: z.number().int().nonnegative().nullable(),
  progress: progress.nullable(),
  /** Why it was asked for although Git declares what was deployed before; null for a merge. */
  asked: z.string().nullable().default(null),
  /** What other contexts refused at this commit, by subject. */
  refusals: z.record(z.string(), refusal),
  /** What the deployment needed and has, by subject: one sentence each. */
  prepared: z.record(z.string(), z.string()),
  /** A later commit was sent before this one began. */
  supersededBy: commit.nullable(),
  /** The commit at which the environment was synced before; null where nobody knows. */
  before: commit.nullable().default(null),
  /** The pull request that makes Git say what runs after it was taken back. */
  revert: pullRequestLink.nullable().default(null),
  /** The pull request that moves its releases to another environment. */
  promotion: pullRequestLink.nullable().default(null),
  checkUrl: z.string().nullable(),
  /** Milliseconds since the epoch of the last write to GitHub. */
  writtenAt: z.number().nullable(),
  /** What that write said, without the numbers that every look changes: see `essenceOf`. */
  writtenEssence: z.string().nullable().default(null),
});

/** What `trueup/deploy (ENV)` says about a commit. */
export type DeployReport = z.infer<typeof deployReport>;
export type Refusal = DeployReport['refusals'][string];

/** An attempt to bring an environment to a commit: what a report, an event or a refusal is about. */
export interface Attempt {
  readonly environment: string;
  readonly commit: string;
  readonly generation: number;
}

export function loadDeployReport(store: Store, tenant: TenantId, { environment, commit: at }: Omit<Attempt, 'generation'>): Promise<Loaded<DeployReport>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: 'DeployReport', id: `${environment}.${at}` }, deployReport);
}

/** The report of an attempt that nothing is known of. What people linked to it stays. */
export function startedReport(known: DeployReport | null, { environment, commit: at, generation }: Attempt, trace: string): DeployReport {
  const { pullRequest, checkUrl, writtenAt, writtenEssence, before } = known ?? { pullRequest: null, checkUrl: null, writtenAt: null, writtenEssence: null, before: null };
  return { environment, commit: at, generation, trace, pullRequest, checkUrl, writtenAt, writtenEssence, before, progress: null, asked: null, refusals: {}, prepared: {}, supersededBy: null, revert: null, promotion: null };
}

export const ends: readonly DeploymentState[] = ['Completed', 'RolledBack', 'Failed', 'Superseded'];

/** Null when the message is older than what is known: messages of one deployment may arrive in any order, and twice. */
export function withProgress(report: DeployReport, message: DeploymentProgress): DeployReport | null {
  const { environment: _environment, commit: _commit, generation: _generation, ...progress } = message;
  const asked = progress.state === 'Requested' ? progress.reason : report.asked;
  if (report.progress !== null && progress.sequence <= report.progress.sequence) return asked === report.asked ? null : { ...report, asked };
  if (progress.state !== 'Completed') return { ...report, progress, asked };
  // A deployment that ended well shows that what it waited for was put right.
  return { ...report, progress, asked, refusals: refusalsOf(report, ({ blocks }) => !blocks) };
}

export function withRefusal(report: DeployReport, refusal: Refusal): DeployReport | null {
  if (refusal.blocks && report.progress?.state === 'Completed') return null;
  return { ...report, refusals: { ...report.refusals, [refusal.what]: refusal } };
}

/** The subject is there: what was refused of it before is settled. */
export function withPrepared(report: DeployReport, subject: string, sentence: string): DeployReport | null {
  const settles = report.refusals[subject] !== undefined;
  if (!settles && (isEnded(report) || report.prepared[subject] === sentence)) return null;
  const refusals = refusalsOf(report, ({ what }) => what !== subject);
  return { ...report, refusals, prepared: { ...report.prepared, [subject]: sentence } };
}

function refusalsOf({ refusals }: DeployReport, keep: (refusal: Refusal) => boolean): DeployReport['refusals'] {
  return Object.fromEntries(Object.entries(refusals).filter(([, refusal]) => keep(refusal)));
}

/** Null when the attempt has begun, which then ends by its own messages. */
export function withSuperseded(report: DeployReport, by: string): DeployReport | null {
  if (report.progress !== null || Object.keys(report.refusals).length > 0 || report.supersededBy !== null) return null;
  return { ...report, supersededBy: by };
}

function isEnded({ progress }: DeployReport): boolean {
  return progress !== null && ends.includes(progress.state);
}
