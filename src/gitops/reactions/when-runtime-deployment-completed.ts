import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentCompleted({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentCompleted',
    name: 'when-runtime-deployment-completed',
    handle: (envelope) => noteProgress(store, envelope),
  });
}
