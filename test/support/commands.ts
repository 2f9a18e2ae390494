import type { MessageType, PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import { envelopeOf, runToEnd, type Run } from './delivery.ts';
import { tenant, type DeploymentWorld } from './deployment-world.ts';

type CommandType = Extract<MessageType, 'RollbackDeployment' | 'AbortDeployment' | 'PauseDeployments' | 'ResumeDeployments'>;

export interface Commanded {
  readonly run: Run;
  /** Delivers the very same message once more. */
  again(): Promise<Run>;
}

/** What a person asks for in a comment; to the end of the message, not of what follows. */
export async function command<Type extends CommandType>(world: DeploymentWorld, type: Type, payload: PayloadOf<Type>): Promise<Commanded> {
  const reaction = world.context.reactions.find(({ on }) => on === type);
  if (reaction === undefined) throw new Error(`no reaction to ${type}`);
  const envelope = envelopeOf(type, tenant, payload, world.clock);
  const deliver = (): Promise<Run> => runToEnd(reaction, envelope, world);
  return { run: await deliver(), again: deliver };
}
