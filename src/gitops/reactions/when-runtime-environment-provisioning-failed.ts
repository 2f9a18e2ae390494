import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteRefusal } from './change-deploy-report.ts';

export function whenRuntimeEnvironmentProvisioningFailed({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeEnvironmentProvisioningFailed',
    name: 'when-runtime-environment-provisioning-failed',
    handle: (envelope) => noteRefusal(store, envelope, { what: `environment ${envelope.payload.environment}`, blocks: true }),
  });
}
