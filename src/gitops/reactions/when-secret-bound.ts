import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { notePrepared } from './change-deploy-report.ts';

export function whenSecretBound({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'SecretBound',
    name: 'when-secret-bound',
    handle: (envelope) => notePrepared(store, envelope, `secret ${envelope.payload.binding}`, 'checked and bound'),
  });
}
