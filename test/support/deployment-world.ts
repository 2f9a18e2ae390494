import { deployment } from '../../src/contexts/deployment/context.ts';
import type { DeploymentPorts } from '../../src/contexts/deployment/ports.ts';
import { appId, type AppId } from '../../src/kernel/container-app.ts';
import type { Context } from '../../src/kernel/context.ts';
import type { DesiredEnvironment, DesiredService } from '../../src/kernel/desired-state.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import type { DesiredStateReader } from '../../src/kernel/ports.ts';
import type { DeploymentProgress, DeploymentState } from '../../src/kernel/messages/deployment.ts';
import type { MessageType, PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import { envelopeOf, runToEnd, testClock, testDelivery, type Faults, type TestClock } from './delivery.ts';
import { desiredEnvironment, memoryDesired, type MemoryDesired } from './desired.ts';
import { memoryApps, type MemoryApps } from './memory-apps.ts';
import { memoryGates, type MemoryGates } from './memory-gates.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import { handled } from './write-scope.ts';

export const tenant = tenantId(100, 7, 'contoso');

/** A commit id that is easy to read in a failure. */
export function commitAt(generation: number): string {
  return generation.toString(16).padStart(40, '0');
}

export interface DeploymentWorld {
  readonly clock: TestClock;
  readonly store: MemoryStore;
  readonly desired: MemoryDesired;
  readonly apps: MemoryApps;
  /** What the users' traffic, the logs and the users' own systems say of a release. */
  readonly gates: MemoryGates;
  readonly context: Context;
  /** Declares the services at a commit of this generation. */
  declare(generation: number, services: readonly DesiredService[], more?: Partial<DesiredEnvironment>): DesiredEnvironment;
  /** Delivers a message to its reaction until it ends. */
  send<Type extends MessageType>(type: Type, payload: PayloadOf<Type>): Promise<void>;
  /** Deploy at this generation; nothing of what follows. The environment is provisioned. */
  start(generation: number, services: readonly string[]): Promise<void>;
  /** The same, then everything that follows, to the end. */
  deploy(generation: number, services: readonly string[]): Promise<DeploymentProgress>;
  advance(limit?: number): Promise<void>;
  /** Delivers what was emitted since `from` and is for this context, then everything that follows, to the end. */
  follow(from: number): Promise<DeploymentProgress>;
  /** Since when no context may ask Azure, as the others tell; what this one asks of it is `Faults`. */
  azureAwaySince: number | null;
  /** One delivery only: the outcome is saved, time goes on by its wait. */
  tick(): Promise<void>;
  /** Such deliveries until the deployment is in the state. @throws when it does not come there. */
  tickUntil(...states: readonly DeploymentState[]): Promise<void>;
  /** The last progress that was announced. */
  progress(): DeploymentProgress;
  states(): readonly string[];
  /** How far each service is, by name: `checkout done`. */
  steps(): readonly string[];
  app(name: string): AppId;
}

interface Shared {
  readonly clock: TestClock;
  readonly store: MemoryStore;
  /** What declares instead of `declare`. */
  readonly reader?: DesiredStateReader;
}

export function deploymentWorld(faults?: Faults, settings: Parameters<typeof deployment>[1] = {}, shared: Shared = { clock: testClock(), store: memoryStore() }): DeploymentWorld {
  const { clock, store } = shared;
  const desired = memoryDesired();
  const apps = memoryApps(clock);
  const gates = memoryGates(clock, apps);
  const wrap = <Port extends object>(port: Port): Port => faults?.wrap(port) ?? port;
  const ports: DeploymentPorts = {
    store: wrap(pick(store)),
    clock,
    desired: wrap(shared.reader ?? desired),
    apps: wrap(apps),
    endpoints: wrap(apps.endpoints),
    requests: wrap(gates.requests),
    logs: wrap(gates.logs),
    gates: wrap(gates.gates),
    outages: { since: async () => world.azureAwaySince },
  };
  const context = deployment(ports, settings);
  const place = desiredEnvironment().azure;

  const reactionTo = (type: MessageType) => {
    const found = context.reactions.find(({ on }) => on === type);
    if (found === undefined) throw new Error(`no reaction to ${type}`);
    return found;
  };
  const progressed = (): readonly DeploymentProgress[] =>
    store.emitted.flatMap((message) => (message.type.startsWith('RuntimeDeployment') ? [message.payload as DeploymentProgress] : []));
  const world: DeploymentWorld = {
    clock,
    store,
    desired,
    apps,
    gates,
    context,
    azureAwaySince: null,
    declare(generation, services, more = {}) {
      const environment = desiredEnvironment({ services: [...services], ...more });
      desired.declare(commitAt(generation), generation, environment);
      return environment;
    },
    async send(type, payload) {
      await runToEnd(reactionTo(type), envelopeOf(type, tenant, payload, clock), { store, clock });
    },
    async start(generation, services) {
      const { digest } = desiredEnvironment();
      const about = { environment: 'staging', commit: commitAt(generation), generation };
      await world.send('RuntimeEnvironmentProvisioned', { ...about, digest, managedEnvironmentId: 'id', defaultDomain: 'd' });
      await world.send('Deploy', { ...about, services: [...services] });
    },
    async deploy(generation, services) {
      await world.start(generation, services);
      await world.advance();
      return world.progress();
    },
    async advance(limit = 2000) {
      await runToEnd(reactionTo('AdvanceDeployment'), envelopeOf('AdvanceDeployment', tenant, { environment: 'staging' }, clock), { store, clock }, { limit });
    },
    async follow(from) {
      for (let next = from; next < store.emitted.length; next += 1) {
        const message = store.emitted[next];
        if (message?.type === 'RemediateDrift' || message?.type === 'Deploy') await world.send(message.type, message.payload);
      }
      await world.advance();
      return world.progress();
    },
    async tick() {
      const outcome = await handled(reactionTo('AdvanceDeployment'), envelopeOf('AdvanceDeployment', tenant, { environment: 'staging' }, clock), testDelivery(clock.now()));
      store.apply(outcome);
      if (outcome.end === 'wait') clock.advance(outcome.forMs);
    },
    async tickUntil(...states) {
      for (let ticks = 0; !states.includes(world.progress().state); ticks += 1) {
        if (ticks === 200) throw new Error(`it is ${world.progress().state} and did not come to ${states.join(' or ')}`);
        await world.tick();
      }
    },
    progress() {
      const last = progressed().at(-1);
      if (last === undefined) throw new Error('no progress was announced');
      return last;
    },
    states: () => progressed().map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]),
    steps: () => world.progress().services.map(({ service, step }) => `${service} ${step}`).toSorted(),
    app: (name) => appId(place, name),
  };
  return world;
}

/** What is in Azure, without the trace: it differs from run to run. */
export function inAzure({ apps }: DeploymentWorld): unknown {
  return JSON.parse(JSON.stringify(apps.snapshot()).replaceAll(/trace-[0-9a-f-]{36}/g, 'trace'));
}

/** The reading half: faults are for what a reaction calls. */
function pick(store: MemoryStore): DeploymentPorts['store'] {
  return { load: (key, schema) => store.load(key, schema), list: (type) => store.list(type) };
}
