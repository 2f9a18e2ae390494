import type { Redis } from 'ioredis';
import { z } from 'zod';
import { auditEntry, type AuditEntry } from '../audit/audit-entry.ts';
import { linkAfter, type Link } from '../audit/chain.ts';
import { auditHeadKey, auditIndexKey, auditKey } from './keys.ts';

/**
 * KEYS: stream, head, index. ARGV: the head that these follow, how many entries are kept, the tenant, then (text, before, hash) each.
 * Appends all of them, or nothing when somebody else appended meanwhile. @returns the head as it is then.
 */
const appendScript = `
local head = redis.call('GET', KEYS[2]) or ''
if head ~= ARGV[1] then return head end
for i = 4, #ARGV, 3 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'entry', ARGV[i], 'before', ARGV[i + 1], 'hash', ARGV[i + 2])
end
redis.call('SET', KEYS[2], ARGV[#ARGV])
redis.call('SADD', KEYS[3], ARGV[3])
return ARGV[#ARGV]
`;

interface Waiting {
  readonly text: string;
  readonly kept: () => void;
  readonly failed: (error: unknown) => void;
}

interface Lane {
  /** As this process saw it last. */
  head: string;
  waiting: Waiting[];
  isBusy: boolean;
}

/** Entries together in one write: what came meanwhile goes along. */
const together = 50;

/** A chained stream per tenant. Many processes write to one: whoever finds another head than it knew links anew. `mostKept` bounds each stream, the oldest go first. */
export function redisAuditLog(redis: Redis, mostKept: number): (tenantId: string, entry: AuditEntry) => Promise<void> {
  const lanes = new Map<string, Lane>();

  async function appended(tenantId: string, lane: Lane, texts: readonly string[]): Promise<void> {
    for (;;) {
      const links: Link[] = [];
      for (const text of texts) links.push(linkAfter(links.at(-1)?.hash ?? lane.head, text));
      const wanted = links.at(-1)?.hash ?? lane.head;
      const values = links.flatMap(({ text, before, hash }) => [text, before, hash]);
      const head = z.string().parse(await redis.eval(appendScript, 3, auditKey(tenantId), auditHeadKey(tenantId), auditIndexKey, lane.head, String(mostKept), tenantId, ...values));
      lane.head = head;
      // A command whose answer was lost is sent again: then the head is this one's already.
      if (head === wanted) return;
    }
  }

  async function run(tenantId: string, lane: Lane): Promise<void> {
    if (lane.isBusy) return;
    lane.isBusy = true;
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, together);
      await appended(tenantId, lane, batch.map(({ text }) => text)).then(
        () => batch.forEach(({ kept }) => kept()),
        (error: unknown) => batch.forEach(({ failed }) => failed(error)),
      );
    }
    lane.isBusy = false;
  }

  return (tenantId, entry) => {
    const lane = lanes.get(tenantId) ?? { head: '', waiting: [], isBusy: false };
    lanes.set(tenantId, lane);
    return new Promise((kept, failed) => {
      lane.waiting.push({ text: JSON.stringify(entry), kept, failed });
      void run(tenantId, lane);
    });
  };
}

export interface StoredAudit {
  readonly links: readonly Link[];
  readonly head: string;
}

const rows = z.array(z.tuple([z.string(), z.array(z.string())]));

/** Every stream that there is, by tenant. */
export async function auditedTenants(redis: Redis): Promise<readonly string[]> {
  return (await redis.smembers(auditIndexKey)).toSorted();
}

const page = 1000;

/** The whole stream, oldest first. Head and entries are of different moments where somebody writes meanwhile: the head is read first, and what came after it is left out. */
export async function readAudit(redis: Redis, tenantId: string): Promise<StoredAudit> {
  const head = (await redis.get(auditHeadKey(tenantId))) ?? '';
  const links: Link[] = [];
  for (let from = '-'; ; ) {
    const found = rows.parse(await redis.xrange(auditKey(tenantId), from, '+', 'COUNT', page));
    links.push(...found.map(([, fields]) => linkOf(fields)));
    const last = found.at(-1);
    if (last === undefined || found.length < page) break;
    from = `(${last[0]}`;
  }
  const at = links.findLastIndex(({ hash }) => hash === head);
  return { head, links: at === -1 ? links : links.slice(0, at + 1) };
}

function linkOf(fields: readonly string[]): Link {
  const value = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
  return { text: value('entry'), before: value('before'), hash: value('hash') };
}

/** What cannot be read any more is left out; the chain tells of it. */
export function entriesIn({ links }: StoredAudit): readonly AuditEntry[] {
  return links.flatMap(({ text }) => {
    try {
      return auditEntry.safeParse(JSON.parse(text)).data ?? [];
    } catch {
      return [];
    }
  });
}
