import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteRefusal } from './change-deploy-report.ts';

export function whenSecretBindingRefused({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'SecretBindingRefused',
    name: 'when-secret-binding-refused',
    handle: (envelope) => noteRefusal(store, envelope, { what: `secret ${envelope.payload.binding}`, blocks: true }),
  });
}
