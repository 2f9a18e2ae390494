import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { notePrepared } from './change-deploy-report.ts';

export function whenRuntimeEnvironmentProvisioned({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeEnvironmentProvisioned',
    name: 'when-runtime-environment-provisioned',
    handle: (envelope) => notePrepared(store, envelope, `environment ${envelope.payload.environment}`, 'there as declared'),
  });
}
