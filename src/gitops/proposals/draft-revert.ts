import { digestOf } from '../../kernel/digest.ts';
import { Rejected } from '../../kernel/errors.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import { serviceStanding, type EnvironmentStanding, type KnownGood } from '../../kernel/standing.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import { linksFor } from '../report/links.ts';
import { isDeployed } from '../report/stages.ts';
import type { NotWanted, Wanted } from './carry-out.ts';
import { takenBack, type TakenBack } from './taken-back.ts';
import { serviceIn } from './files-of.ts';
import { planRevert, type RevertPlan, type Side } from './revert-plan.ts';
import { revertBody, revertTitle } from './revert-text.ts';
import { andMore } from './version-of.ts';

type Needs = Pick<GitopsNeeds, 'commits' | 'repository' | 'standing'>;

/** What should be merged after a deployment was taken back, or one sentence why nothing should. */
export async function draftRevert(needs: Needs, tenant: TenantId, report: DeployReport): Promise<Wanted | NotWanted> {
  const back = report.progress && takenBack(report.progress);
  if (back === null) return { why: 'Nothing of it was taken back' };
  const { htmlUrl, defaultBranch } = await needs.repository.repository(tenant);
  const head = await needs.repository.branchHead(tenant, defaultBranch);
  const before = report.before ?? (await needs.repository.firstParent(tenant, report.commit));
  if (head === null || before === null) return { why: 'There is no commit to go back to' };
  const read = await readSides(needs, tenant, report, { before, head, back });
  if ('why' in read) return read;
  const { plan, standing, unknown, isWhole } = read;
  if (plan.files.length === 0) return { why: whyNothing(plan, unknown) };
  const about = { report, back: { ...back, isWhole }, plan, standing, unknown, environment: read.environment, repositoryUrl: htmlUrl, links: linksFor(htmlUrl) };
  // Closed once, it is not opened again for this commit, however the default branch moves on.
  return { content: digestOf(report.commit), base: head, baseRef: defaultBranch, files: plan.files, title: revertTitle(report.environment, back), body: revertBody(about) };
}

function whyNothing({ byHand }: RevertPlan, unknown: readonly string[]): string {
  if (byHand.length > 0) return `Nothing can be reverted by itself: ${andMore(byHand.map(({ path, why }) => `${path} ${why}`))}`;
  if (unknown.length > 0) return `${andMore(unknown)} did not change with this commit, and no earlier release is known to be good`;
  return 'The default branch says again what runs';
}

interface Commits {
  readonly before: string;
  readonly head: string;
  readonly back: TakenBack;
}

interface Read {
  readonly plan: RevertPlan;
  readonly standing: EnvironmentStanding | null;
  /** Services of which nobody knows where they were good. */
  readonly unknown: readonly string[];
  readonly environment: ReturnType<Side['state']['environments']['get']>;
  /** All that the commit brought went back. */
  readonly isWhole: boolean;
}

async function readSides(needs: Needs, tenant: TenantId, { environment, commit, progress }: DeployReport, { before, head, back }: Commits): Promise<Read | NotWanted> {
  const sideAt = async (at: string): Promise<Side> => ({ state: await needs.commits.at(tenant, at), files: await filesAt(needs, tenant, at) });
  try {
    const [was, is] = [await sideAt(before), await sideAt(commit)];
    const declared = is.state.environments.get(environment);
    const owner = declared ?? was.state.environments.get(environment);
    const standing = owner === undefined ? null : await needs.standing(tenantIn(tenant, owner.tenant), environment);
    const good = new Map<string, Side>();
    const unknown: string[] = [];
    for (const { service } of back.services) {
      const digests = [was, is].map(({ state }) => serviceIn(state.environments.get(environment), service)?.digest ?? null);
      const known = goodOf(serviceStanding(standing, service)?.knownGood ?? [], digests);
      if (known === 'unknown') unknown.push(service);
      else if (known !== 'before') good.set(service, await sideAt(known.commit));
    }
    const services = back.services.map(({ service }) => service);
    const gone = progress === null ? [] : goneOf(progress);
    const isWhole = back.isWhole && broughtBy(was, is, environment).every((service) => gone.includes(service));
    const plan = planRevert({ environment, before: was, deployed: is, head: await filesAt(needs, tenant, head), services, isWhole, good });
    return { plan, standing, unknown, environment: declared, isWhole };
  } catch (error) {
    // A commit that was forced away, or a tree that GitHub does not show as a whole.
    if (error instanceof Rejected) return { why: 'GitHub does not show the commits between which it would revert' };
    throw error;
  }
}

/**
 * Whether the commit before holds the release that serves again, the newest that is known to be good, or which one does: a release that was
 * only carried along is bad there, too, and what that commit wanted may never have arrived.
 */
function goodOf(ledger: readonly KnownGood[], [before, deployed]: readonly (string | null)[]): KnownGood | 'before' | 'unknown' {
  const good = ledger.findLast(({ digest }) => digest !== deployed);
  if (before !== deployed && (before === null || good === undefined || good.digest === before)) return 'before';
  return good ?? 'unknown';
}

/** A command may take one service back and leave the others of the commit where they are; one that is independent stays by itself. */
function goneOf({ services }: NonNullable<DeployReport['progress']>): readonly string[] {
  return services.filter((one) => !isDeployed(one)).map(({ service }) => service);
}

function broughtBy(was: Side, is: Side, environment: string): readonly string[] {
  const [before, after] = [was, is].map(({ state }) => state.environments.get(environment));
  return (after?.services ?? []).filter(({ name, digest }) => serviceIn(before, name)?.digest !== digest).map(({ name }) => name);
}

async function filesAt({ repository }: Needs, tenant: TenantId, commit: string): Promise<Side['files']> {
  return new Map((await repository.tree(tenant, commit)).map((entry) => [entry.path, entry]));
}
