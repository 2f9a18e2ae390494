import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { notePrepared } from './change-deploy-report.ts';

export function whenRuntimeTenantBound({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeTenantBound',
    name: 'when-runtime-tenant-bound',
    handle: (envelope) => {
      const { tenant, isolation } = envelope.payload;
      return notePrepared(store, envelope, `tenant ${tenant}`, `placed, ${isolation}`);
    },
  });
}
