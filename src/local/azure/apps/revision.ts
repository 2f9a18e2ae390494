import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { Pace } from '../world.ts';
import type { ResolvedSecret } from './resolved-secret.ts';
import { IdleWatch } from './idle-watch.ts';
import { hex, random } from './names.ts';
import { probesOf } from './probes.ts';
import { listAt, numberAt, textAt } from './reading.ts';
import { Replica } from './replica.ts';
import { restsAfter, wantedReplicas } from './scale.ts';
import type { Timers } from './timers.ts';
import { workloadOrder } from './workloads/workload-order.ts';
import { behaviourOf, type Behaviour } from './workloads/image-tags.ts';
import type { Workloads } from './workloads/workloads.ts';

/** So many replicas of a revision really run, to spare the machine; the others are shown as their doubles. */
const realReplicas = 5;

/** For replicas to get ready, in the time that one takes to boot: the progress deadline, and how long a request waits for one. */
const longestWait = 12;

/** Seconds that a program may take to end where the template does not say, and what they last at least, in milliseconds: a busy machine is late. */
const defaultGrace = 30;
const shortestGraceMs = 1_000;

export interface RevisionSetup {
  readonly app: string;
  readonly name: string;
  readonly template: JsonObject;
  readonly hasIngress: boolean;
  readonly timers: Timers;
  readonly workloads: Workloads;
  readonly pace: Pace;
  /** All replicas are ready, for the first time since it was activated. */
  readonly onReady: (revision: Revision) => void;
  /** Replicas came, went, became ready or restarted. */
  readonly onChange: (revision: Revision) => void;
}

/** What the service says about a revision. */
export interface RevisionStatus {
  readonly provisioningState: 'Provisioning' | 'Provisioned' | 'Failed';
  readonly healthState: 'Healthy' | 'Unhealthy' | 'None';
  readonly runningState: 'Running' | 'Processing' | 'Activating' | 'ScaledToZero' | 'Stopped' | 'Degraded' | 'Failed';
  readonly provisioningError: string | null;
  readonly runningStateDetails: string | null;
}

/** An immutable template that runs as replicas. */
export class Revision {
  readonly name: string;
  readonly template: JsonObject;
  readonly createdAt: number;
  active = false;
  lastActiveAt: number | null = null;
  replicas: readonly Replica[] = [];
  /** Replicas that serve until their successors are ready, after a restart. */
  #retiring: readonly Replica[] = [];
  #wasReady = false;
  #deadlinePassed = false;
  /** `resting`: at zero replicas. `waking`: a request brought it back and no replica is ready yet. */
  #rest: 'no' | 'resting' | 'waking' = 'no';
  /** Called when a replica is ready, or none will be. */
  #waiting: readonly (() => void)[] = [];
  readonly #idle: IdleWatch;
  #generation = 0;
  readonly #setup: RevisionSetup;
  readonly #behaviour: Behaviour;

  constructor(setup: RevisionSetup) {
    this.#setup = setup;
    this.name = setup.name;
    this.template = setup.template;
    this.createdAt = setup.timers.now();
    const seconds = restsAfter(setup.template);
    this.#idle = new IdleWatch({ timers: setup.timers, afterMs: seconds === null ? null : seconds * this.#secondMs, onIdle: () => this.#goToRest() });
    this.#behaviour = behaviourOf(listAt(setup.template, 'containers').map((container) => textAt(container, 'image') ?? ''));
  }

  /** Replicas that Azure would show. */
  get replicaCount(): number {
    return this.active && this.#rest !== 'resting' ? wantedReplicas(this.template) : 0;
  }

  /** Those that answer requests. */
  get serving(): readonly Replica[] {
    return [...this.replicas, ...this.#retiring].filter((replica) => replica.ready);
  }

  /** Whether a request to it is answered, at once or after it has woken. */
  get isReachable(): boolean {
    return this.serving.length > 0 || this.#rest !== 'no';
  }

  /** A request is on its way to it. @returns what to call, once, when that has ended. */
  use(): () => void {
    return this.#idle.use();
  }

  /** Starts a replica where it rests, and waits for the first that is ready, as long as a request may wait. */
  async awake(secrets: ReadonlyMap<string, ResolvedSecret>): Promise<void> {
    if (this.#rest === 'no') return;
    if (this.#rest === 'resting') {
      this.#rest = 'waking';
      this.#idle.start();
      this.#start(secrets);
    }
    await new Promise<void>((resolve) => {
      const cancel = this.#expireAfter(this.#setup.pace.readyMs * longestWait, ({ looks, exits }) => looks + exits > 0, resolve);
      this.#waiting = [...this.#waiting, () => (cancel(), resolve())];
    });
  }

  activate(secrets: ReadonlyMap<string, ResolvedSecret>): void {
    if (this.active) return;
    this.active = true;
    this.#wasReady = false;
    this.#start(secrets);
  }

  deactivate(): void {
    if (!this.active) return;
    this.active = false;
    this.lastActiveAt = this.#setup.timers.now();
    this.stop();
    this.#setup.onChange(this);
  }

  /** New replicas with what the secrets are at present; the old ones serve until those are ready. */
  restart(secrets: ReadonlyMap<string, ResolvedSecret>): void {
    if (!this.active || this.#rest === 'resting') return;
    const serving = this.serving;
    for (const replica of [...this.replicas, ...this.#retiring]) if (!serving.includes(replica)) replica.stop();
    this.#retiring = serving;
    this.#start(secrets);
  }

  /** Ends every replica and says nothing. */
  stop(): void {
    for (const replica of [...this.replicas, ...this.#retiring]) replica.stop();
    this.replicas = [];
    this.#retiring = [];
    this.#generation += 1;
    this.#rest = 'no';
    this.#idle.stop();
    this.#answerWaiting();
  }

  get status(): RevisionStatus {
    const { provisioned, failed } = revisionStates;
    if (!this.active) return { ...provisioned, healthState: 'Healthy', runningState: 'Stopped' };
    if (this.#rest === 'resting') return { ...provisioned, runningState: 'ScaledToZero' };
    if (this.#rest === 'waking' && !this.#deadlinePassed) return { ...provisioned, runningState: 'Activating' };
    const total = this.replicas.length;
    const ready = Math.max(count(this.replicas), count(this.#retiring));
    if (!this.#wasReady && this.replicas.some(({ exits }) => exits > 0)) return failed(`Container crashing: ${this.#crashing().join(', ')}`, `${this.replicaCount}/${this.replicaCount} `);
    if (this.#wasReady) {
      const details = `${ready}/${total} replicas ready.`;
      return ready >= total ? provisioned : { ...provisioned, healthState: 'Unhealthy', runningState: 'Degraded', runningStateDetails: details };
    }
    if (this.#deadlinePassed) return failed(`Deployment Progress Deadline Exceeded. ${ready}/${this.replicaCount} replicas ready.`, '');
    return { provisioningState: 'Provisioning', healthState: 'None', runningState: 'Processing', provisioningError: null, runningStateDetails: null };
  }

  #start(secrets: ReadonlyMap<string, ResolvedSecret>): void {
    this.#generation += 1;
    this.#deadlinePassed = false;
    this.replicas = Array.from({ length: Math.min(this.replicaCount, realReplicas) }, (_, index) => this.#replica(index, secrets));
    this.#expectReady(this.#setup.pace.readyMs * longestWait);
    this.#setup.onChange(this);
  }

  #expectReady(withinMs: number): void {
    const generation = this.#generation;
    this.#expireAfter(withinMs, ({ ready, refusals, exits }) => ready || refusals + exits > 0, () => {
      if (generation === this.#generation) this.#deadlinePassed = true;
    });
  }

  /** A busy machine that has not got round to starting or probing every replica gets more time: it shows nothing about the workload. */
  #expireAfter(withinMs: number, wasTried: (replica: Replica) => boolean, expire: () => void): () => void {
    const { timers, pace } = this.#setup;
    const lookAfter = (ms: number) => timers.after(ms, () => {
      if (this.replicas.every(wasTried)) expire();
      else cancel = lookAfter(pace.readyMs);
    });
    let cancel = lookAfter(withinMs);
    return () => cancel();
  }

  #replica(index: number, secrets: ReadonlyMap<string, ResolvedSecret>): Replica {
    const { app, timers, workloads, pace, hasIngress } = this.#setup;
    const name = this.replicaName(index);
    const probes = probesOf(this.template, hasIngress);
    const behaviour = this.#behaviour;
    const order = workloadOrder({ app, revision: this.name, replica: name, template: this.template, secrets, probes, behaviour });
    const grace = numberAt(this.template, 'terminationGracePeriodSeconds') ?? defaultGrace;
    const graceMs = grace === 0 ? 0 : Math.max(shortestGraceMs, grace * this.#secondMs);
    const bootMs = behaviour.slow ? pace.readyMs * 5 : pace.readyMs;
    return new Replica({ name, timers, launch: () => workloads.launch(order), bootMs, probeSecondMs: this.#secondMs, probes, graceMs, onChange: () => this.#changed() });
  }

  /** How long a second of declared times lasts here. */
  get #secondMs(): number {
    return Math.min(1000, Math.max(1, this.#setup.pace.readyMs / 20));
  }

  #goToRest(): void {
    this.stop();
    this.#rest = 'resting';
    this.#setup.onChange(this);
  }

  #answerWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const answer of waiting) answer();
  }

  replicaName(index: number): string {
    return `${this.name}-${hex(`${this.name}/${this.#generation}`, 10)}-${random(`${this.name}/${this.#generation}/${index}`, 5)}`;
  }

  #changed(): void {
    if (this.replicas.length > 0 && count(this.replicas) === this.replicas.length) {
      for (const replica of this.#retiring) replica.stop();
      this.#retiring = [];
      this.#rest = 'no';
      this.#answerWaiting();
      if (!this.#wasReady) {
        this.#wasReady = true;
        this.#idle.start();
        this.#setup.onReady(this);
      }
    }
    this.#setup.onChange(this);
  }

  #crashing(): readonly string[] {
    const containers = listAt(this.template, 'containers');
    const crashing = containers.filter((container) => behaviourOf([textAt(container, 'image') ?? '']).crash);
    // Who ends a process from outside ends that of the first container.
    return (crashing.length > 0 ? crashing : containers.slice(0, 1)).map((container) => String(container['name']));
  }
}

function count(replicas: readonly Replica[]): number {
  return replicas.filter((replica) => replica.ready).length;
}

/** The shapes of facts/azure.md A1.3, from recorded traffic. */
const revisionStates = {
  provisioned: { provisioningState: 'Provisioned', healthState: 'Healthy', runningState: 'Running', provisioningError: null, runningStateDetails: null },
  failed: (error: string, prefix: string): RevisionStatus => ({
    provisioningState: 'Failed',
    healthState: 'Unhealthy',
    runningState: 'Failed',
    provisioningError: error,
    runningStateDetails: `${prefix}${error}`,
  }),
} satisfies { provisioned: RevisionStatus; failed: (error: string, prefix: string) => RevisionStatus };
