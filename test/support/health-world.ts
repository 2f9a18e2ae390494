import { healthScaling } from '../../src/contexts/health-scaling/context.ts';
import type { RevisionRequests, Workloads } from '../../src/contexts/health-scaling/ports.ts';
import type { Context, Reaction } from '../../src/kernel/context.ts';
import type { DesiredEnvironment, DesiredService } from '../../src/kernel/desired-state.ts';
import type { Envelope } from '../../src/kernel/envelope.ts';
import { Unavailable } from '../../src/kernel/errors.ts';
import type { MessageType, PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import { envelopeOf, runToEnd, testDelivery, type Faults } from './delivery.ts';
import { deploymentWorld, tenant, type DeploymentWorld } from './deployment-world.ts';
import { healthViews } from './live-views.ts';
import { handled } from './write-scope.ts';

export interface HealthWorld extends DeploymentWorld {
  readonly health: Context;
  readonly azure: { environment: string | null; requests: readonly RevisionRequests[] | null; isDown: boolean };
  /** Reads of revisions so far. */
  readonly reads: { states: number; replicas: number };
  say<Type extends MessageType>(type: Type, payload: PayloadOf<Type>): Promise<void>;
  /** One delivery of a message. */
  deliver<Type extends MessageType>(envelope: Envelope<Type>, type: Type): Promise<Outcome>;
  heard<Type extends MessageType>(type: Type): readonly PayloadOf<Type>[];
}

/** A service that was deployed, and health-scaling that heard of it. */
export async function healthWorldWith(service: DesiredService, more: Partial<DesiredEnvironment> = {}, faults?: Faults): Promise<HealthWorld> {
  const deployed = deploymentWorld();
  deployed.declare(1, [service], more);
  await deployed.deploy(1, [service.name]);
  const azure: HealthWorld['azure'] = { environment: 'Succeeded', requests: null, isDown: false };
  const views = healthViews(deployed.apps, azure);
  const reads: HealthWorld['reads'] = { states: 0, replicas: 0 };
  const workloads: Workloads = {
    ...views.workloads,
    apps: async () => (azure.isDown ? Promise.reject(new Unavailable('down', {})) : deployed.apps.list()),
    revision: async (...asked) => {
      reads.replicas += 1;
      return views.workloads.revision(...asked);
    },
    revisionState: async (...asked) => {
      reads.states += 1;
      return views.workloads.revisionState(...asked);
    },
  };
  const wrap = <Port extends object>(port: Port): Port => faults?.wrap(port) ?? port;
  const { store, clock, desired } = deployed;
  const health = healthScaling({ store, clock, desired, ...views, workloads: wrap(workloads), scaling: wrap(views.scaling), endpoints: wrap(views.endpoints) });
  const reactionTo = (type: MessageType): Reaction => {
    const found = health.reactions.find(({ on }) => on === type);
    if (found === undefined) throw new Error(`no reaction to ${type}`);
    return found;
  };
  const world: HealthWorld = {
    ...deployed,
    health,
    azure,
    reads,
    async say(type, payload) {
      await runToEnd(reactionTo(type), envelopeOf(type, tenant, payload, clock), { store, clock });
    },
    async deliver(envelope, type) {
      const outcome = await handled(reactionTo(type), envelope, testDelivery(clock.now()));
      store.apply(outcome);
      return outcome;
    },
    // The messages of one type have its payload.
    heard: (type) => store.emitted.filter((message) => message.type === type).map(({ payload }) => payload as PayloadOf<typeof type>),
  };
  await world.say('RuntimeDeploymentCompleted', world.progress());
  return world;
}
