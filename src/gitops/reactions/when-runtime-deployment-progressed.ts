import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentProgressed({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentProgressed',
    name: 'when-runtime-deployment-progressed',
    handle: (envelope) => noteProgress(store, envelope),
  });
}
