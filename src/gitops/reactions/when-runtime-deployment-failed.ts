import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentFailed({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentFailed',
    name: 'when-runtime-deployment-failed',
    handle: (envelope) => noteProgress(store, envelope),
  });
}
