import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { alsoEmitting, revertAfter } from '../proposals/asked-after.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentRolledBack({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentRolledBack',
    name: 'when-runtime-deployment-rolled-back',
    handle: async (envelope) => alsoEmitting(await noteProgress(store, envelope), revertAfter(envelope.tenantId, envelope.payload)),
  });
}
