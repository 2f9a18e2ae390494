import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Listener, Listeners } from './listeners.ts';
import { runProbe, type Probe } from './probes.ts';
import type { Timers } from './timers.ts';
import type { Behaviour } from './workload.ts';

export interface ReplicaSetup {
  readonly name: string;
  readonly timers: Timers;
  readonly listeners: Listeners;
  /** From its creation to its process listening. */
  readonly bootMs: number;
  /** How long a second of a probe's declared times lasts here. */
  readonly probeSecondMs: number;
  readonly probes: readonly Probe[];
  readonly behaviour: Behaviour;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Readiness or the number of restarts changed. */
  readonly onChange: () => void;
}

/** A replica that is stopped gets no new requests, and finishes those that are on their way to it, in milliseconds. */
const drainMs = 100;

/** Ready replicas are probed again and again: not more often than this, in milliseconds. */
const steadyProbeMs = 250;

/** One replica: a server on loopback that boots, is probed, restarts and stops. */
export class Replica {
  readonly name: string;
  readonly createdAt: number;
  phase: 'waiting' | 'running' | 'crashed' | 'stopped' = 'waiting';
  ready = false;
  restartCount = 0;
  /** Probes that failed so far: it was asked and is not merely slow to be asked. */
  refusals = 0;
  startedAt: number | null = null;
  readonly #setup: ReplicaSetup;
  #listener: Listener | null = null;
  /** Each start of the process is a life; what belongs to an earlier one is ignored. */
  #life = 0;

  constructor(setup: ReplicaSetup) {
    this.#setup = setup;
    this.name = setup.name;
    this.createdAt = setup.timers.now();
    this.#bootAfter(setup.bootMs);
  }

  /** Null while nothing listens. */
  get port(): number | null {
    return this.#listener?.port ?? null;
  }

  stop(): void {
    this.#end('stopped');
  }

  #end(phase: 'waiting' | 'crashed' | 'stopped'): void {
    this.#life += 1;
    this.phase = phase;
    this.ready = false;
    this.startedAt = null;
    const listener = this.#listener;
    this.#listener = null;
    if (phase === 'stopped') this.#setup.timers.after(drainMs, () => listener?.close());
    else listener?.close();
  }

  #bootAfter(ms: number): void {
    const life = this.#life;
    this.#setup.timers.after(ms, () => {
      if (life !== this.#life) return;
      if (this.#setup.behaviour.crash) this.#restart('crashed');
      else void this.#listen(life);
    });
  }

  #restart(phase: 'waiting' | 'crashed'): void {
    this.#end(phase);
    this.restartCount += 1;
    this.#setup.onChange();
    this.#bootAfter(this.#setup.bootMs * 2 ** Math.min(this.restartCount, 3));
  }

  async #listen(life: number): Promise<void> {
    const listener = await this.#setup.listeners.open(this.#setup.handler);
    if (life !== this.#life) {
      listener.close();
      return;
    }
    this.#listener = listener;
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
