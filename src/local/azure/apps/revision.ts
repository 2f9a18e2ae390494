import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { Pace } from '../world.ts';
import type { ResolvedSecret } from './resolved-secret.ts';
import { IdleWatch } from './idle-watch.ts';
import type { Listeners } from './listeners.ts';
import { hex, random } from './names.ts';
import { probesOf } from './probes.ts';
import { listAt, textAt } from './reading.ts';
import { Replica } from './replica.ts';
import { restsAfter, wantedReplicas } from './scale.ts';
import type { Timers } from './timers.ts';
import { behaviourOf, workload, type Behaviour } from './workload.ts';

/** So many replicas of a revision really run, to spare the machine; the others are shown as their doubles. */
const realReplicas = 5;

/** For replicas to get ready, in the time that one takes to boot: the progress deadline, and how long a request waits for one. */
const longestWait = 12;

export interface RevisionSetup {
  readonly app: string;
  readonly name: string;
  readonly template: JsonObject;
  readonly hasIngress: boolean;
  readonly timers: Timers;
  readonly listeners: Listeners;
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
    const { timers, pace } = this.#setup;
    await new Promise<void>((resolve) => {
      const cancel = timers.after(pace.readyMs * longestWait, resolve);
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
    if (this.#behaviour.crash && this.#hasCrashed()) return failed(`Container crashing: ${this.#crashing().join(', ')}`, `${this.replicaCount}/${this.replicaCount} `);
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

  /** The progress deadline. A busy machine that has not got round to probing yet gets more time: it shows nothing about the workload. */
  #expectReady(withinMs: number): void {
    const { timers, pace } = this.#setup;
    const generation = this.#generation;
    timers.after(withinMs, () => {
      if (generation !== this.#generation) return;
      const asked = this.replicas.every((replica) => replica.ready || replica.refusals > 0);
      if (asked) this.#deadlinePassed = true;
      else this.#expectReady(pace.readyMs);
    });
  }

  #replica(index: number, secrets: ReadonlyMap<string, ResolvedSecret>): Replica {
    const { app, timers, listeners, pace, hasIngress } = this.#setup;
    const name = this.replicaName(index);
    const probes = probesOf(this.template, hasIngress);
    const behaviour = this.#behaviour;
    const handler = workload({ app, revision: this.name, replica: name, template: this.template, secrets, probes, behaviour });
    const bootMs = behaviour.slow ? pace.readyMs * 5 : pace.readyMs;
    return new Replica({ name, timers, listeners, bootMs, probeSecondMs: this.#secondMs, probes, behaviour, handler, onChange: () => this.#changed() });
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

  #hasCrashed(): boolean {
    return this.replicas.some((replica) => replica.restartCount > 0);
  }

  #crashing(): readonly string[] {
    const crashing = listAt(this.template, 'containers').filter((container) => behaviourOf([textAt(container, 'image') ?? '']).crash);
    return crashing.map((container) => String(container['name']));
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
