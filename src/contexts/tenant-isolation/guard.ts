import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { Envelope } from '../../kernel/envelope.ts';
import { OutOfBounds } from '../../kernel/errors.ts';
import { tenantScope, type ContextName, type TenantId } from '../../kernel/ids.ts';
import type { Planner } from '../../kernel/plan.ts';
import type { DesiredStateReader } from '../../kernel/ports.ts';
import { appliable, withinBounds } from './domain/bounds.ts';
import type { Grants } from './ports.ts';

type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/**
 * Asked before every delivery, before any store or Azure access. A tenant without a grant reaches only gitops, which reports, and
 * tenant-isolation, which refuses; work that names no tenant is gitops' own.
 */
export function tenantGuard(grants: Grants): (context: ContextName, envelope: Envelope) => Verdict {
  return (context, { tenantId }) => {
    if (context === 'gitops') return { allowed: true };
    if (tenantScope(tenantId).tenant === null) return { allowed: false, reason: `${tenantId} names no tenant` };
    if (context === 'tenant-isolation' || grants.of(tenantId) !== null) return { allowed: true };
    return { allowed: false, reason: `${tenantId} has no grant` };
  };
}

/**
 * Desired state as the contexts may see it. A commit in which the owner breaks placement, quota or grant is not applied, whoever asks and
 * however late an answer to BindTenant comes; what a guest breaks leaves out that guest alone. The current state only leaves out what
 * lies out of bounds, so that what runs already stays watched.
 * @throws OutOfBounds
 */
export function boundedDesired(desired: DesiredStateReader, grants: Grants): DesiredStateReader {
  return {
    async at(tenantId, environment, commit) {
      const declared = ownedBy(tenantId, await desired.at(tenantId, environment, commit));
      if (declared === null) return null;
      const bounded = appliable(declared, tenantId, grants);
      if ('environment' in bounded) return bounded.environment;
      const [first, ...others] = bounded.problems;
      if (first === undefined) return declared;
      const more = others.length === 0 ? '' : ` And ${others.length} more of this kind.`;
      throw new OutOfBounds(`${first.message}${more}`, { code: first.code, needs: first.hint ?? 'Correct the manifest.' });
    },
    async current(tenantId, environment) {
      const current = await desired.current(tenantId, environment);
      const declared = ownedBy(tenantId, current?.environment ?? null);
      if (current === null || declared === null) return current && { ...current, environment: null };
      const bounded = withinBounds(declared, tenantId, grants);
      if (bounded !== null) return { ...current, environment: bounded };
      throw new OutOfBounds(`${environment} is not granted to its tenant.`, { code: 'not-granted', needs: 'Ask the operator of this Trueup to grant it.' });
    },
  };
}

/** Another tenant's environment of the same name is not declared, as far as this tenant is concerned. */
function ownedBy(tenantId: TenantId, environment: DesiredEnvironment | null): DesiredEnvironment | null {
  const { tenant } = tenantScope(tenantId);
  return environment === null || tenant === null || environment.tenant === tenant ? environment : null;
}

/** Keeps a planner from reading Azure for what a pull request has no right to: nothing of what lies out of bounds is planned or shown. */
export function boundedPlanner(planner: Planner, grants: Grants): Planner {
  return async (request) => {
    const { tenantId } = request;
    const base = request.base && withinBounds(request.base, tenantId, grants);
    const head = request.head && withinBounds(request.head, tenantId, grants);
    if (request.head !== null && head === null) return { changes: [], problems: [] };
    return planner({ ...request, base, head });
  };
}
