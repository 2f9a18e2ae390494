import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { notePrepared } from './change-deploy-report.ts';

export function whenScalingPolicyApplied({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'ScalingPolicyApplied',
    name: 'when-scaling-policy-applied',
    handle: (envelope) => {
      const { policy, replicas } = envelope.payload;
      return notePrepared(store, envelope, `scaling ${policy}`, `${replicas.min} to ${replicas.max} replicas`);
    },
  });
}
