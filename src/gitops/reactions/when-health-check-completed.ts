import { reaction, type Reaction } from '../../kernel/context.ts';
import type { GitopsNeeds } from '../needs.ts';
import { withHealth } from '../records/health-report.ts';
import { changeHealthReport } from './change-health-report.ts';

export function whenHealthCheckCompleted({ store }: Pick<GitopsNeeds, 'store'>): Reaction {
  return reaction({
    on: 'HealthCheckCompleted',
    name: 'when-health-check-completed',
    handle: (envelope) => changeHealthReport(store, envelope, envelope.payload.environment, (report) => withHealth(report, envelope.payload, envelope.occurredAt)),
  });
}
