import type { Grant, Grants } from '../../contexts/tenant-isolation/ports.ts';
import { NotAllowed } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { isName } from './names.ts';

/** What a call is about to touch. */
export interface Touched {
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly vault?: string;
}

export type TenantCheck = (tenant: TenantId, touched: Touched) => void;

/**
 * The last line of tenant isolation: whatever a context believes, no request leaves for a place that the operator did not grant to the tenant.
 */
export function tenantCheck(grants: Pick<Grants, 'of'>): TenantCheck {
  return (tenant, { subscription, resourceGroup, vault }) => {
    const grant = grants.of(tenant);
    const covered =
      grant !== null && covers(grant.subscriptions, subscription) && covers(grant.resourceGroups, resourceGroup) && covers(grant.vaults, vault);
    if (!covered) throw new NotAllowed('The tenant is not granted what this call would touch', { code: 'OutsideGrant' });
  };
}

function covers(allowed: Grant['subscriptions'], asked: string | undefined): boolean {
  if (asked === undefined) return true;
  return isName(asked) && allowed.some((pattern) => matches(pattern.toLowerCase(), asked.toLowerCase()));
}

function matches(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
