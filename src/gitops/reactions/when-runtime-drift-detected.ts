import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { withDrift } from '../records/health-report.ts';
import { changeHealthReport } from './change-health-report.ts';

export function whenRuntimeDriftDetected({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'RuntimeDriftDetected',
    name: 'when-runtime-drift-detected',
    handle: (envelope) => changeHealthReport(store, envelope, envelope.payload.environment, (report) => withDrift(report, envelope.payload.open, envelope.occurredAt)),
  });
}
