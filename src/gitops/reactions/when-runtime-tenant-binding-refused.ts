import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteRefusal } from './change-deploy-report.ts';

export function whenRuntimeTenantBindingRefused({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeTenantBindingRefused',
    name: 'when-runtime-tenant-binding-refused',
    handle: (envelope) => noteRefusal(store, envelope, { what: `tenant ${envelope.payload.tenant}`, blocks: true }),
  });
}
