import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentSuperseded({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentSuperseded',
    name: 'when-runtime-deployment-superseded',
    handle: (envelope) => noteProgress(store, envelope),
  });
}
