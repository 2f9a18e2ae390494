import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { noteDrift } from './change-health-report.ts';

export function whenRuntimeDriftResolved({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDriftResolved',
    name: 'when-runtime-drift-resolved',
    handle: (envelope) => noteDrift(store, envelope, envelope.payload.resolved.map(({ service }) => service)),
  });
}
