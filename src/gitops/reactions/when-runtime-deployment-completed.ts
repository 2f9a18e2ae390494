import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { alsoEmitting, proposalsAfterArrival } from '../proposals/asked-after.ts';
import { noteProgress } from './change-deploy-report.ts';

export function whenRuntimeDeploymentCompleted(needs: Pick<GitopsNeeds, 'store' | 'commits'>): Reaction {
  return reaction({
    on: 'RuntimeDeploymentCompleted',
    name: 'when-runtime-deployment-completed',
    handle: async (envelope) => alsoEmitting(await noteProgress(needs.store, envelope), await proposalsAfterArrival(needs, envelope.tenantId, envelope.payload.environment)),
  });
}
