import { frozenAt } from '../../kernel/freeze-window.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import type { GitopsNeeds } from '../needs.ts';
import { statusText, type NamedStanding } from '../report/status-text.ts';
import type { KnownEnvironment } from './targets.ts';

type Needs = Pick<GitopsNeeds, 'clock' | 'commits' | 'standing'>;

/** How every environment stands, as Markdown. */
export async function statusOf(needs: Needs, tenant: TenantId, environments: readonly KnownEnvironment[]): Promise<string> {
  return statusText(await Promise.all(environments.map((one) => named(needs, tenant, one))));
}

/** A freeze is declared: it holds also while nothing runs that would say so. */
async function named({ clock, commits, standing }: Needs, tenant: TenantId, { name, tenant: owner, commit }: KnownEnvironment): Promise<NamedStanding> {
  const [stands, { environments }] = await Promise.all([standing(tenantIn(tenant, owner), name), commits.at(tenant, commit)]);
  const frozen = frozenAt(environments.get(name)?.freezes ?? [], clock.now());
  return { name, standing: stands, frozen: frozen && { until: new Date(frozen.until).toISOString(), reason: frozen.reason } };
}
