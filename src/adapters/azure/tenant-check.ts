import type { Grant, Grants } from '../../contexts/tenant-isolation/ports.ts';
import { NotAllowed } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { isName } from './names.ts';

/** What a call is about to touch. */
export interface Touched {
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly vault?: string;
  /** Id of a Log Analytics workspace. */
  readonly workspace?: string;
  /** Of a user's own system that is asked for its verdict. */
  readonly gateHost?: string;
}

export type TenantCheck = (tenant: TenantId, touched: Touched) => void;

/**
 * The last line of tenant isolation: whatever a context believes, no request leaves for a place that the operator did not grant to the tenant.
 */
export function tenantCheck(grants: Pick<Grants, 'of'>): TenantCheck {
  return (tenant, { subscription, resourceGroup, vault, workspace, gateHost }) => {
    const grant = grants.of(tenant);
    const covered =
      grant !== null &&
      covers(grant.subscriptions, subscription) &&
      covers(grant.resourceGroups, resourceGroup) &&
      covers(grant.vaults, vault) &&
      covers(grant.workspaces, workspace) &&
      (gateHost === undefined || grant.gateHosts.some((granted) => isHostOf(granted, gateHost.toLowerCase())));
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

function isHostOf(granted: string, host: string): boolean {
  return granted.startsWith('*.') ? host.endsWith(granted.slice(1)) && host.length > granted.length - 1 : host === granted;
}
