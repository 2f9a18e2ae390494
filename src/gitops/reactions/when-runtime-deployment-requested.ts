import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentRequested({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentRequested',
    name: 'when-runtime-deployment-requested',
    handle: (envelope) => noteProgress(store, envelope),
  });
}
