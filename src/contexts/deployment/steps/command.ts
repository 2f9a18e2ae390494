import type { TenantId } from '../../../kernel/ids.ts';
import type { Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { saveQueue, type DeploymentQueue } from '../domain/deployment-queue.ts';
import { withHandled } from '../domain/handled-commands.ts';
import type { Wish } from '../domain/taken-back.ts';
import type { DeploymentPorts } from '../ports.ts';

/** What a person asked for, by which message. */
export interface Command extends Wish {
  readonly tenantId: TenantId;
  readonly environment: string;
  readonly eventId: string;
  readonly command: string;
}

/** The queue with what was done about the command, and that it was. */
export function saveHandled(ports: Pick<DeploymentPorts, 'clock'>, { tenantId, environment, eventId, command, by }: Omit<Command, 'reason'>, queue: Stored<DeploymentQueue>, change: Partial<DeploymentQueue> = {}): Save {
  const at = new Date(ports.clock.now()).toISOString();
  return saveQueue(tenantId, environment, queue, { ...change, handled: withHandled(queue.value.handled, { eventId, command, by, at }) });
}
