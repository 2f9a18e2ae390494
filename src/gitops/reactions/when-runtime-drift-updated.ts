import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteDrift } from './change-health-report.ts';

export function whenRuntimeDriftUpdated({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({ on: 'RuntimeDriftUpdated', name: 'when-runtime-drift-updated', handle: (envelope) => noteDrift(store, envelope) });
}
