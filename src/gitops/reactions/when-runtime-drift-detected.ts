import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteDrift } from './change-health-report.ts';

export function whenRuntimeDriftDetected({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({ on: 'RuntimeDriftDetected', name: 'when-runtime-drift-detected', handle: (envelope) => noteDrift(store, envelope) });
}
