import type { JsonObject } from '../../../kernel/desired-state.ts';
import { azureTime } from '../times.ts';
import type { Author } from '../world.ts';
import { hex } from './names.ts';

/** An app or an environment. */
interface Written {
  readonly createdAt: number;
  readonly createdBy: Author;
  readonly modifiedAt: number;
  readonly modifiedBy: Author;
}

/** `created` and `modified`: in the answer to a write, where times that it set carry a zone and stored ones do not [wire]. */
export type Moment = 'created' | 'modified' | 'stored';

export function systemData({ createdAt, createdBy, modifiedAt, modifiedBy }: Written, moment: Moment = 'stored'): JsonObject {
  return {
    createdBy: createdBy.name,
    createdByType: createdBy.type,
    createdAt: `${azureTime(createdAt)}${moment === 'created' ? 'Z' : ''}`,
    lastModifiedBy: modifiedBy.name,
    lastModifiedByType: modifiedBy.type,
    lastModifiedAt: `${azureTime(modifiedAt)}${moment === 'stored' ? '' : 'Z'}`,
  };
}

/** What proves that a domain is the subscription's. */
export function domainVerificationId(subscription: string): string {
  return hex(subscription, 64).toUpperCase();
}
