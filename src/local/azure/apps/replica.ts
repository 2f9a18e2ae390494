import { runProbe, type Probe } from './probes.ts';
import type { Timers } from './timers.ts';
import type { Workload } from './workloads/workloads.ts';

export interface ReplicaSetup {
  readonly name: string;
  readonly timers: Timers;
  /** Starts its program once. */
  readonly launch: () => Workload;
  /** From its creation to the start of its program. */
  readonly bootMs: number;
  /** How long a second of a probe's declared times lasts here. */
  readonly probeSecondMs: number;
  readonly probes: readonly Probe[];
  /** How long its program may take to end when it is asked to; 0: it is not asked. */
  readonly graceMs: number;
  /** Readiness or the number of restarts changed. */
  readonly onChange: () => void;
}

/** A replica that is stopped gets no new requests, and finishes those that are on their way to it, in milliseconds. */
const drainMs = 100;

/** Ready replicas are probed again and again: not more often than this, in milliseconds. */
const steadyProbeMs = 250;

/** A crash loop waits twice as long each time, up to 32 boots: the service's 5 minutes are as many times its first 10 seconds. */
const longestBackOff = 5;

/** One replica: a program that listens on the loopback, boots, is probed, restarts and stops. */
export class Replica {
  readonly name: string;
  readonly createdAt: number;
  phase: 'waiting' | 'running' | 'crashed' | 'stopped' = 'waiting';
  ready = false;
  restartCount = 0;
  /** Times that its program ended by itself, or was ended from outside. */
  exits = 0;
  /** Probes so far, and those of them that failed: it was asked and is not merely slow to be asked. */
  looks = 0;
  refusals = 0;
  startedAt: number | null = null;
  readonly #setup: ReplicaSetup;
  #workload: Workload | null = null;
  #port: number | null = null;
  /** Each start of the program is a life; what belongs to an earlier one is ignored. */
  #life = 0;

  constructor(setup: ReplicaSetup) {
    this.#setup = setup;
    this.name = setup.name;
    this.createdAt = setup.timers.now();
    this.#bootAfter(setup.bootMs);
  }

  /** Null while nothing listens. */
  get port(): number | null {
    return this.#port;
  }

  stop(): void {
    this.#end('stopped');
  }

  #end(phase: 'waiting' | 'crashed' | 'stopped'): void {
    this.#life += 1;
    this.phase = phase;
    this.ready = false;
    this.startedAt = null;
    this.#port = null;
    const workload = this.#workload;
    this.#workload = null;
    const { timers, graceMs } = this.#setup;
    if (phase === 'stopped') timers.after(drainMs, () => workload?.stop(graceMs));
    else workload?.stop(graceMs);
  }

  #bootAfter(ms: number): void {
    const life = this.#life;
    this.#setup.timers.after(ms, () => {
      if (life === this.#life) this.#boot(life);
    });
  }

  #boot(life: number): void {
    const workload = this.#setup.launch();
    this.#workload = workload;
    void this.#serveWhenListening(workload, life);
    void this.#restartWhenEnded(workload, life);
  }

  async #restartWhenEnded({ ended }: Workload, life: number): Promise<void> {
    await ended;
    if (life !== this.#life) return;
    this.exits += 1;
    this.#restart('crashed');
  }

  #restart(phase: 'waiting' | 'crashed'): void {
    this.#end(phase);
    this.restartCount += 1;
    this.#setup.onChange();
    this.#bootAfter(this.#setup.bootMs * 2 ** Math.min(this.restartCount, longestBackOff));
  }

  async #serveWhenListening({ listening }: Workload, life: number): Promise<void> {
    const port = await listening;
    if (life !== this.#life) return;
    this.#port = port;
    this.phase = 'running';
    this.startedAt = this.#setup.timers.now();
    const startup = this.#setup.probes.find((probe) => probe.type === 'Startup');
    if (startup === undefined) this.#started(life);
    else this.#watch(startup, life, () => (this.#started(life), 'stop'), () => this.#restart('waiting'));
  }

  #started(life: number): void {
    const probe = (type: Probe['type']) => this.#setup.probes.find((one) => one.type === type);
    const readiness = probe('Readiness');
    const liveness = probe('Liveness');
    if (readiness === undefined) this.#become(true);
    else this.#watch(readiness, life, () => this.#become(true), () => this.#become(false));
    if (liveness !== undefined) this.#watch(liveness, life, () => 'go on', () => this.#restart('waiting'));
  }

  #become(ready: boolean): 'go on' {
    if (this.ready !== ready) {
      this.ready = ready;
      this.#setup.onChange();
    }
    return 'go on';
  }

  /** Executes a probe on its period until the life ends or a verdict says stop. */
  #watch(probe: Probe, life: number, passed: () => 'go on' | 'stop', failed: () => void): void {
    let passes = 0;
    let failures = 0;
    const { timers, probeSecondMs } = this.#setup;
    const again = (ms: number) => timers.after(ms, () => void tick());
    const tick = async () => {
      const port = this.port;
      if (life !== this.#life || port === null) return;
      const passesNow = await runProbe(probe, port);
      if (life !== this.#life) return;
      this.looks += 1;
      passes = passesNow ? passes + 1 : 0;
      failures = passesNow ? 0 : failures + 1;
      if (!passesNow) this.refusals += 1;
      if (passes >= probe.successThreshold && passed() === 'stop') return;
      if (failures >= probe.failureThreshold) failed();
      if (life === this.#life) again(Math.max(probe.period * probeSecondMs, this.ready ? steadyProbeMs : 5));
    };
    again(probe.initialDelay * probeSecondMs);
  }
}
