import type { JsonObject } from '../../../kernel/desired-state.ts';
import { azureTime } from '../times.ts';
import { hex } from './names.ts';

/** An app or an environment. */
interface Written {
  readonly createdAt: number;
  readonly createdBy: string;
  readonly modifiedAt: number;
  readonly modifiedBy: string;
}

/** `zone` follows every time. */
export function systemData({ createdAt, createdBy, modifiedAt, modifiedBy }: Written, zone: '' | 'Z' = ''): JsonObject {
  return {
    createdBy,
    createdByType: 'Application',
    createdAt: `${azureTime(createdAt)}${zone}`,
    lastModifiedBy: modifiedBy,
    lastModifiedByType: 'Application',
    lastModifiedAt: `${azureTime(modifiedAt)}${zone}`,
  };
}

/** What proves that a domain is the subscription's. */
export function domainVerificationId(subscription: string): string {
  return hex(subscription, 64).toUpperCase();
}
