import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteRefusal } from './change-deploy-report.ts';

export function whenScalingPolicyRefused({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'ScalingPolicyRefused',
    name: 'when-scaling-policy-refused',
    handle: (envelope) => noteRefusal(store, envelope, { what: `scaling ${envelope.payload.policy}`, blocks: false }),
  });
}
