import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { withDrift } from '../records/health-report.ts';
import { changeHealthReport } from './change-health-report.ts';

export function whenRuntimeDriftResolved({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDriftResolved',
    name: 'when-runtime-drift-resolved',
    handle: (envelope) => changeHealthReport(store, envelope, envelope.payload.environment, (report) => withDrift(report, envelope.payload.open, envelope.occurredAt)),
  });
}
