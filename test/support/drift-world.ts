import { driftDetection } from '../../src/contexts/drift-detection/context.ts';
import type { ActivityLog, DriftDetectionPorts, LiveState, OutsideWrite, SecretAccess, SecretStates } from '../../src/contexts/drift-detection/ports.ts';
import type { ObservedSecretVersion } from '../../src/kernel/key-vault.ts';
import type { DesiredService, JsonObject } from '../../src/kernel/desired-state.ts';
import type { DriftFinding } from '../../src/kernel/messages/drift-detection.ts';
import type { MessageType, PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import { envelopeOf, runToEnd, type Faults, type Run } from './delivery.ts';
import { deploymentWorld, tenant, type DeploymentWorld } from './deployment-world.ts';
import { desiredService } from './desired.ts';
import { liveView } from './live-views.ts';
import { ourselves } from './outside-writes.ts';

export const checkout = (tag: string): DesiredService => desiredService({ image: `contoso.azurecr.io/checkout:${tag}` });
export const firstRelease = checkout('1.0.0');

type Changeable<Port> = { -readonly [Call in keyof Port]: Port[Call] };

export interface DriftWorld extends DeploymentWorld {
  readonly ports: DriftDetectionPorts;
  /** What the ports answer, when a test wants another answer than what the deployment made. */
  readonly live: Changeable<LiveState>;
  readonly activity: Changeable<ActivityLog>;
  readonly secrets: Changeable<SecretStates>;
  readonly access: Changeable<SecretAccess>;
  readonly budget: { waitMs(): number };
  /** What the Activity Log tells, from its `at` on. */
  readonly writes: OutsideWrite[];
  /** App to what its body says of its last writer. */
  readonly lastWriters: Map<string, { readonly who: string; readonly at: string }>;
  /** Versions of every secret of every vault, newest first. */
  versions: readonly ObservedSecretVersion[];
  /** Delivers a message to its reaction until it ends. */
  say<Type extends MessageType>(type: Type, payload: PayloadOf<Type>): Promise<Run>;
  /** Five minutes later, with the second looks: class, severity, service and path of what is open. */
  scan(): Promise<readonly string[]>;
  open(): readonly DriftFinding[];
  /** Metrics that were counted. */
  readonly counted: readonly string[];
  /** What drift-detection said so far: its events with the number of open findings, and what it asked for. */
  heard(): readonly string[];
  byHand(patch: object): void;
  /** The real deployment context carries out what was asked for last, and drift-detection hears of it. */
  remediate(): Promise<void>;
}

/** A deployment of `checkout` completed, by the real deployment context, and drift-detection heard of it. */
export async function driftWorld(faults?: Faults, services: readonly DesiredService[] = [firstRelease]): Promise<DriftWorld> {
  const deployed = deploymentWorld();
  deployed.declare(1, services);
  await deployed.deploy(1, services.map(({ name }) => name));
  const { store, clock, apps } = deployed;
  const wrap = <Port extends object>(port: Port): Port => faults?.wrap(port) ?? port;
  const answers = answersOf(deployed);
  const { live, activity, secrets, access, budget } = answers;
  const counted: string[] = [];
  const ports: DriftDetectionPorts = {
    store: wrap({ load: (key, schema) => store.load(key, schema), list: (type) => store.list(type) }),
    clock,
    desired: wrap(deployed.desired),
    live: wrap<LiveState>({ apps: (...at) => live.apps(...at), replicas: (...at) => live.replicas(...at) }),
    activity: wrap<ActivityLog>({ writes: (...at) => activity.writes(...at), isOurs: (...at) => activity.isOurs(...at) }),
    secrets: wrap<SecretStates>({ vault: (...at) => secrets.vault(...at), versions: (...at) => secrets.versions(...at) }),
    access: wrap<SecretAccess>({ principal: (...at) => access.principal(...at), mayRead: (...at) => access.mayRead(...at) }),
    budget: { waitMs: () => budget.waitMs() },
    telemetry: { count: (name) => void counted.push(name), set: () => undefined },
  };
  const { reactions } = driftDetection(ports);
  const world: DriftWorld = Object.assign(answers, {
    ...deployed,
    ports,
    counted,
    async say<Type extends MessageType>(type: Type, payload: PayloadOf<Type>) {
      const reaction = reactions.find(({ on }) => on === type);
      if (reaction === undefined) throw new Error(`no reaction to ${type}`);
      return runToEnd(reaction, envelopeOf(type, tenant, payload, clock), { store, clock });
    },
    async scan() {
      clock.advance(300_000);
      await world.say('ScanDrift', { environment: 'staging' });
      return world.open().map((one) => `${one.class} ${one.severity} ${one.service} ${one.path}`).toSorted();
    },
    open() {
      const row = Object.entries(store.snapshot()).find(([key]) => key.includes('|RuntimeDriftFinding|'));
      // The aggregate was saved by the context under test.
      return (row?.[1] as { open: readonly DriftFinding[] } | undefined)?.open ?? [];
    },
    heard: () => store.emitted.flatMap(heardOf),
    async remediate() {
      const asked = store.emitted.findLastIndex(({ type }) => type === 'RemediateDrift');
      const from = store.emitted.length;
      if (asked < 0) throw new Error('nothing was asked for');
      await deployed.follow(asked);
      for (const message of store.emitted.slice(from)) {
        if (message.type === 'RuntimeDeploymentRequested' || message.type === 'RuntimeDeploymentCompleted') await world.say(message.type, message.payload);
      }
    },
    byHand: (patch: object) => apps.byHand(deployed.app('checkout'), patch as JsonObject),
  });
  await world.say('RuntimeDeploymentCompleted', world.progress());
  return world;
}

type Answers = Pick<DriftWorld, 'live' | 'activity' | 'secrets' | 'access' | 'budget' | 'writes' | 'lastWriters' | 'versions'>;

function answersOf({ apps }: DeploymentWorld): Answers {
  const view = liveView(apps);
  const answers: Answers = {
    writes: [],
    lastWriters: new Map(),
    versions: [{ version: 'v1', enabled: true, notBefore: null, expiresOn: null, createdOn: '2026-01-01T00:00:00Z' }],
    live: {
      ...view,
      async apps(...at) {
        const all = await view.apps(...at);
        return all.map((app) => {
          const writer = answers.lastWriters.get(app.id.name) ?? { who: ourselves, at: '2026-11-24T00:00:00Z' };
          return { ...app, raw: { ...app.raw, systemData: { lastModifiedBy: writer.who, lastModifiedAt: writer.at } } };
        });
      },
    },
    activity: {
      writes: async (_tenant, _place, since) => answers.writes.filter(({ at }) => at >= since),
      isOurs: async (_tenant, who) => who === ourselves,
    },
    secrets: { vault: async (_tenant, _subscription, name) => ({ id: `/vaults/${name}`, name }), versions: async () => answers.versions },
    access: { principal: async (_tenant, _place, identity) => `principal of ${identity}`, mayRead: async () => true },
    budget: { waitMs: () => 0 },
  };
  return answers;
}

function heardOf(message: { readonly type: string; readonly payload: unknown }): readonly string[] {
  if (message.type === 'RemediateDrift') return [`RemediateDrift ${(message.payload as PayloadOf<'RemediateDrift'>).services.join(' ')}`];
  if (!message.type.startsWith('RuntimeDrift')) return [];
  // All three carry the whole set.
  return [`${message.type} ${(message.payload as PayloadOf<'RuntimeDriftUpdated'>).open.length}`];
}
