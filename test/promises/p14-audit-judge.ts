import type { Redis } from 'ioredis';
import { writesOf, type AuditedWrite } from '../../src/adapters/audit/audit-entry.ts';
import { chainFaults, type Link } from '../../src/adapters/audit/chain.ts';
import { auditedTenants, entriesIn, readAudit, type StoredAudit } from '../../src/adapters/redis/audit-log.ts';
import type { Figures } from './promise.ts';

/** A request that changed something, as the cloud itself counted it. */
export interface SeenChange {
  readonly service: 'azure' | 'github';
  readonly method: string;
  readonly path: string;
  /** Of the answer. */
  readonly requestId: string | null;
}

/** The audit as it was read between two looks at the clouds: work may go on meanwhile. */
export interface AuditEvidence {
  readonly audits: ReadonlyMap<string, StoredAudit>;
  /** What had been changed before it was read. */
  readonly changes: readonly SeenChange[];
  /** And after. */
  readonly later: readonly SeenChange[];
}

export async function auditEvidence(redis: Redis, changesNow: () => readonly SeenChange[]): Promise<AuditEvidence> {
  const changes = changesNow();
  const audits = await readAudits(redis);
  return { audits, changes, later: changesNow() };
}

/** Every stream of the audit, by tenant. */
async function readAudits(redis: Redis): Promise<ReadonlyMap<string, StoredAudit>> {
  const audits = new Map<string, StoredAudit>();
  for (const tenant of await auditedTenants(redis)) audits.set(tenant, await readAudit(redis, tenant));
  return audits;
}

export interface Judged {
  readonly figures: Figures;
  /** For a person who looks for the reason: a few of each kind. */
  readonly faults: readonly string[];
}

/**
 * Holds the audit against what the clouds saw. A change is explained when one entry has its request id and says who, which commit and which
 * policy. An answer that never reached a worker, because that was killed, is explained by an entry without an end of the same request.
 */
export function auditFindings({ audits, changes, later }: AuditEvidence): Judged {
  const written = [...audits.values()].flatMap((audit) => writesOf(entriesIn(audit)));
  const byRequest = new Map(written.flatMap((write) => (write.answer?.requestId ? [[write.answer.requestId, write] as const] : [])));
  const open = written.filter(({ answer }) => answer === null || answer.status === 0);
  const used = new Set<AuditedWrite>();
  let unanswered = 0;
  const unexplained: string[] = [];
  for (const change of changes) {
    const found = byRequest.get(change.requestId ?? '') ?? open.find((one) => !used.has(one) && isSameRequest(one, change));
    if (found !== undefined) used.add(found);
    if (found !== undefined && !found.answer?.requestId) unanswered += 1;
    const why = found === undefined ? 'no entry' : lackOf(found);
    if (why !== null) unexplained.push(`${change.service} ${change.method} ${change.path}: ${why}`);
  }
  const seen = new Set(later.map(({ requestId }) => requestId));
  const ofNobody = written.filter(({ answer }) => answer !== null && answer.status !== null && isDone(answer.status) && !seen.has(answer.requestId));
  const broken = [...audits].flatMap(([tenant, { links, head }]) => chainFaults(links, head).map((fault) => `${tenant}: ${fault}`));
  return {
    figures: {
      writes: changes.length,
      unexplainedWrites: unexplained.length,
      explainedShare: changes.length === 0 ? 0 : (changes.length - unexplained.length) / changes.length,
      withoutAnswer: unanswered,
      auditedThatNobodyMade: ofNobody.length,
      brokenChains: broken.length,
    },
    faults: [...unexplained.slice(0, 5), ...ofNobody.slice(0, 5).map(({ operation, target }) => `nobody saw ${operation} ${target}`), ...broken.slice(0, 5)],
  };
}

function isDone(status: number): boolean {
  return status >= 200 && status < 300;
}

function isSameRequest({ service, operation, target }: AuditedWrite, change: SeenChange): boolean {
  return service === change.service && operation.startsWith(`${change.method} `) && target.toLowerCase() === change.path.toLowerCase();
}

/** Null when it says all that it must. What belongs to no commit is only the App's own request for missed webhooks. */
function lackOf({ who, commit, policy, tenantId, answer, clientRequestId, service }: AuditedWrite): string | null {
  if (who === null) return 'nobody';
  if (tenantId !== 'app' && !/^[0-9a-f]{40}$/.test(commit ?? '')) return 'no commit';
  if (policy === '') return 'no policy';
  if (service === 'azure' && !clientRequestId) return 'no id of its own';
  return answer !== null && answer.status !== 0 && !answer.requestId ? 'no operation id' : null;
}

/** Changes one byte of a stored entry, `times` times, each time in another copy. @returns how many were found. */
export function tamperedFound(audits: ReadonlyMap<string, StoredAudit>, chance: () => number, times: number): number {
  const all = [...audits.values()].filter(({ links }) => links.length > 0);
  let found = 0;
  for (let time = 0; time < times; time += 1) {
    const { links, head } = oneOf(all, chance);
    const link = oneOf(links, chance);
    const at = links.indexOf(link);
    const changed = links.with(at, withOneByteChanged(link, chance));
    // Only the neighbours can tell: a chain of thousands need not be hashed anew for each byte.
    const around = changed.slice(Math.max(0, at - 1), at + 2);
    const isLast = at + 2 > links.length - 1;
    if (chainFaults(around, isLast ? head : (around.at(-1)?.hash ?? '')).length > 0) found += 1;
  }
  return found;
}

function withOneByteChanged(link: Link, chance: () => number): Link {
  const field = oneOf(['text', 'text', 'text', 'before', 'hash'] as const, chance);
  const bytes = Buffer.from(link[field]);
  if (bytes.length === 0) return { ...link, [field]: 'x' };
  const at = Math.floor(chance() * bytes.length);
  // Another printable character, whatever stood there.
  bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
  return { ...link, [field]: bytes.toString() };
}

function oneOf<T>(all: readonly T[], chance: () => number): T {
  const one = all[Math.floor(chance() * all.length)];
  if (one === undefined) throw new RangeError('there is none');
  return one;
}
