import { driftDetection } from '../../src/contexts/drift-detection/context.ts';
import type { DriftDetectionPorts, LiveState } from '../../src/contexts/drift-detection/ports.ts';
import type { DesiredService, JsonObject } from '../../src/kernel/desired-state.ts';
import type { MessageType, PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import { envelopeOf, runToEnd, type Faults, type Run } from './delivery.ts';
import { deploymentWorld, tenant, type DeploymentWorld } from './deployment-world.ts';
import { desiredService } from './desired.ts';
import { liveView } from './live-views.ts';

export const checkout = (tag: string): DesiredService => desiredService({ image: `contoso.azurecr.io/checkout:${tag}` });
export const firstRelease = checkout('1.0.0');

type Open = PayloadOf<'RuntimeDriftDetected'>['open'];

export interface DriftWorld extends DeploymentWorld {
  /** What the live port answers, when a test wants another answer than what the deployment made. */
  readonly live: { -readonly [Call in keyof LiveState]: LiveState[Call] };
  /** Delivers a message to its reaction until it ends. */
  say<Type extends MessageType>(type: Type, payload: PayloadOf<Type>): Promise<Run>;
  /** Five minutes later: class, severity, service and path of what is open. */
  scan(): Promise<readonly string[]>;
  open(): Open;
  /** What drift-detection said so far: its events with the number of open findings. */
  heard(): readonly string[];
  byHand(patch: object): void;
}

/** A deployment of `checkout` completed, by the real deployment context, and drift-detection heard of it. */
export async function driftWorld(faults?: Faults): Promise<DriftWorld> {
  const deployed = deploymentWorld();
  deployed.declare(1, [firstRelease]);
  await deployed.deploy(1, ['checkout']);
  const { store, clock, apps } = deployed;
  const wrap = <Port extends object>(port: Port): Port => faults?.wrap(port) ?? port;
  const live = { ...liveView(apps) };
  const ports: DriftDetectionPorts = {
    store: wrap({ load: (key, schema) => store.load(key, schema), list: (type) => store.list(type) }),
    clock,
    desired: wrap(deployed.desired),
    live: wrap<LiveState>({ apps: (...at) => live.apps(...at), replicas: (...at) => live.replicas(...at) }),
  };
  const { reactions } = driftDetection(ports);
  const world: DriftWorld = {
    ...deployed,
    live,
    async say(type, payload) {
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
      return (row?.[1] as { open: Open } | undefined)?.open ?? [];
    },
    heard: () => store.emitted.flatMap((message) => (message.type === 'RuntimeDriftDetected' || message.type === 'RuntimeDriftResolved' ? [`${message.type} ${message.payload.open.length}`] : [])),
    byHand: (patch) => apps.byHand(deployed.app('checkout'), patch as JsonObject),
  };
  await world.say('RuntimeDeploymentCompleted', world.progress());
  return world;
}
