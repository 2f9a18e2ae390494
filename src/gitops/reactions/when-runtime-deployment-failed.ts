import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { alsoEmitting, revertAfter } from '../proposals/asked-after.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentFailed({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentFailed',
    name: 'when-runtime-deployment-failed',
    handle: async (envelope) => alsoEmitting(await noteProgress(store, envelope), revertAfter(envelope.tenantId, envelope.payload)),
  });
}
