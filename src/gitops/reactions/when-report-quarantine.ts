import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import type { Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { savedIfOther } from '../records/load-record.ts';
import { loadQuarantineReport, type HeldWork } from '../records/quarantine-report.ts';
import { quarantineCheck } from '../report/quarantine-text.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'repository' | 'reports'>;

/** More than these of one repository are counted by the metric and listed by `trueup jobs` alone. */
const kept = 200;

/** The only writer of `trueup/quarantine`. Its content is of the commit: one check tells of everything that is held back there. */
export function whenReportQuarantine(needs: Needs): Reaction {
  return reaction({
    on: 'ReportQuarantine',
    name: 'when-report-quarantine',
    writes: () => 'quarantine',
    handle: (envelope, delivery) => reportQuarantine(needs, envelope, delivery),
  });
}

async function reportQuarantine({ store, repository, reports }: Needs, { tenantId, traceId, payload }: Envelope<'ReportQuarantine'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const loaded = await loadQuarantineReport(store, tenant);
  const before = loaded.value?.held ?? [];
  const known = before.find(({ key }) => key === payload.key);
  if (payload.state === 'lifted' && known === undefined) return done();
  const commit = known?.commit ?? (await commitOf(repository, tenant, payload));
  // A repository without a commit has nothing to write on.
  if (commit === null) return done();
  const others = before.filter(({ key }) => key !== payload.key);
  const held = payload.state === 'lifted' ? others : [...others, heldOf(payload, commit)].slice(-kept);
  const saves = held.length === 0 ? [loaded.remove()] : savedIfOther(loaded, { held });
  // What is kept was written before it was kept.
  if (saves.length === 0) return done();
  const check = quarantineCheck(held.filter((one) => one.commit === commit), commit, traceId);
  await delivery.write({ commit, policy: 'quarantine report' }, () => reports.check(tenant, check, delivery.signal));
  return done(saves);
}

/** The commit concerned; of a pull request its head; or else the head of the default branch, where somebody looks. */
async function commitOf(repository: Needs['repository'], tenant: TenantId, { commit, number }: Envelope<'ReportQuarantine'>['payload']): Promise<string | null> {
  if (commit !== null) return commit;
  const pullRequest = number === null ? null : await repository.pullRequest(tenant, number);
  if (pullRequest !== null) return pullRequest.headSha;
  const { defaultBranch } = await repository.repository(tenant);
  return repository.branchHead(tenant, defaultBranch);
}

function heldOf({ key, context, reaction: name, message, environment, number, job, crashes, since }: Envelope<'ReportQuarantine'>['payload'], commit: string): HeldWork {
  return { key, context, reaction: name, message, environment, number, job, crashes, since, commit };
}
