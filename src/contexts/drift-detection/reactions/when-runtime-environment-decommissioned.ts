import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit } from '../../../kernel/envelope.ts';
import { done } from '../../../kernel/outcome.ts';

/** The scan asks Git, and closes what is open when the environment is declared no more. */
export function whenRuntimeEnvironmentDecommissioned(): Reaction {
  return reaction({
    name: 'when-runtime-environment-decommissioned',
    on: 'RuntimeEnvironmentDecommissioned',
    handle: async ({ tenantId, payload: { environment } }) => done([], [emit('ScanDrift', tenantId, { environment })]),
  });
}
