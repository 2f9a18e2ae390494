import { Command, InvalidArgumentError } from 'commander';
import type { AuditedWrite } from '../adapters/audit/audit-entry.ts';
import type { StoredAudit } from '../adapters/redis/audit-log.ts';
import type { Origin } from '../kernel/audit.ts';
import { visible } from './offline/visible.ts';
import { redisAddress } from './redis-address.ts';

interface Options {
  readonly tenant?: string;
  readonly environment?: string;
  readonly since: number;
  readonly json?: boolean;
  readonly verify?: boolean;
  readonly redis?: string;
}

const day = 24 * 3_600_000;

/** `trueup audit`: who had what written to Azure and GitHub, from which commit, and as which operation. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('List what was written to Azure and GitHub: who, from which commit, why, as which operation')
    .option('--tenant <id>', 'of one installation, repository or tenant: 100, 100.7 or 100.7.contoso')
    .option('--environment <name>', 'of one environment')
    .option('--since <time>', 'how far back: 90m, 24h, 7d', period, day)
    .option('--json', 'one JSON line per write')
    .option('--verify', 'check the chain of every entry that is kept; exit code 1 when something was changed')
    .option('--redis <url>', 'instead of REDIS_URL')
    .action((options: Options) => audit(options));
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: day };

function period(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (units[unit] ?? 0);
  if (ms === 0) throw new InvalidArgumentError('expected a number with m, h or d: 24h');
  return ms;
}

async function audit(options: Options): Promise<void> {
  const { connectRedis, waitForRedis } = await import('../adapters/redis/connection.ts');
  const { auditedTenants, readAudit } = await import('../adapters/redis/audit-log.ts');
  const redis = connectRedis(redisAddress(options.redis, process.env), 'fail-fast');
  try {
    await waitForRedis(redis, 3000);
    const tenants = (await auditedTenants(redis)).filter((one) => isWithin(one, options.tenant));
    const show = options.verify === true ? verify : list;
    for (const tenant of tenants) await show(tenant, await readAudit(redis, tenant), options);
    if (tenants.length === 0) console.log('nothing was written');
  } finally {
    redis.disconnect();
  }
}

function isWithin(tenant: string, wanted: string | undefined): boolean {
  return wanted === undefined || tenant === wanted || tenant.startsWith(`${wanted}.`);
}

async function verify(tenant: string, { links, head }: StoredAudit): Promise<void> {
  const { chainFaults } = await import('../adapters/audit/chain.ts');
  const faults = chainFaults(links, head);
  for (const fault of faults) console.log(`${tenant}: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`${tenant}: ${links.length} entries, unchanged; the newest is ${head}`);
}

async function list(_tenant: string, stored: StoredAudit, { environment, since, json }: Options): Promise<void> {
  const { writesOf } = await import('../adapters/audit/audit-entry.ts');
  const { entriesIn } = await import('../adapters/redis/audit-log.ts');
  const from = new Date(Date.now() - since).toISOString();
  const writes = writesOf(entriesIn(stored)).filter((write) => write.at >= from && (environment === undefined || write.environment === environment));
  for (const write of writes) console.log(json === true ? JSON.stringify(write) : visible(inWords(write)));
}

/** Three lines: what and when, why and for whom, and what to ask Azure or GitHub for. */
function inWords(write: AuditedWrite): string {
  const { at, tenantId, environment, service, operation, target, commit, policy, who, reaction, traceId } = write;
  return [
    `${at}  ${tenantId}${environment === null ? '' : ` ${environment}`}  ${service}  ${operation}  ${endOf(write)}`,
    `  ${policy}, at ${commit === null ? 'no commit' : commit.slice(0, 12)}, by ${whoOf(who)}`,
    `  ${target}`,
    `  ${reaction}  ${traceId}  ${idsOf(write)}`,
  ].join('\n');
}

function endOf({ answer }: AuditedWrite): string {
  if (answer === null) return 'no end is known';
  if (answer.status === null) return 'not sent: the lease was lost or the worker stopped';
  return answer.status === 0 ? 'sent, without an answer' : `${answer.status} in ${answer.ms} ms`;
}

function whoOf(who: Origin | null): string {
  if (who === null) return 'nobody who is still known';
  return who.by === 'schedule' ? `the schedule ${who.name}` : `${who.login} (${who.id}) with ${who.event}, delivery ${who.delivery}`;
}

function idsOf({ service, clientRequestId, answer }: AuditedWrite): string {
  const ids = { 'x-ms-request-id': answer?.requestId, 'x-ms-correlation-request-id': answer?.correlationId, 'x-ms-client-request-id': clientRequestId };
  const shown = service === 'github' ? { 'x-github-request-id': answer?.requestId } : ids;
  return Object.entries(shown).flatMap(([name, id]) => (id ? [`${name} ${id}`] : [])).join('  ');
}
