/** Kinds of text that no run repeats. */
export type VolatileKind = 'guid' | 'time' | 'clock-time' | 'domain' | 'revision' | 'replica' | 'address' | 'hash' | 'person';

export interface Volatile {
  readonly kind: VolatileKind;
  readonly text: string;
}

/**
 * Which local text stands for which recorded one, one to one within a kind: a reference to another revision, operation or environment than the
 * recorded one is seen although each of the names is masked.
 */
export class Bindings {
  readonly #locals = new Map<string, string>();
  readonly #recorded = new Map<string, string>();
  readonly #times = { time: new OrderOfTimes('Z'), 'clock-time': new OrderOfTimes(' UTC') };

  /** @returns null, or why the two cannot stand for each other. */
  bind(recorded: Volatile, local: Volatile): string | null {
    if (recorded.kind !== local.kind) return `${recorded.kind} -> ${local.kind}`;
    if (recorded.kind === 'time' || recorded.kind === 'clock-time') return this.#times[recorded.kind].bind(recorded.text, local.text);
    const expected = this.#locals.get(keyOf(recorded));
    const taken = this.#recorded.get(keyOf(local));
    if (expected !== undefined && expected !== local.text) return `${recorded.text} stands for ${expected}, not for ${local.text}`;
    if (taken !== undefined && taken !== recorded.text) return `${local.text} stands for ${taken}, not for ${recorded.text}`;
    this.renew(recorded, local);
    return null;
  }

  /** From now on the two stand for each other, whatever stood for them before. */
  renew(recorded: Volatile, local: Volatile): void {
    const previous = this.#locals.get(keyOf(recorded));
    if (previous !== undefined) this.#recorded.delete(keyOf({ kind: recorded.kind, text: previous }));
    this.#locals.set(keyOf(recorded), local.text);
    this.#recorded.set(keyOf(local), recorded.text);
  }

  localOf(recorded: Volatile): string | null {
    return this.#locals.get(keyOf(recorded)) ?? null;
  }
}

/** Times that were further apart than this, in milliseconds, are so here, too. The service takes a while between two steps of one request. */
const togetherMs = 8_000;

/** Times keep their order: what was written earlier, later or at the very same moment was so in the recording. */
class OrderOfTimes {
  readonly #pairs = new Map<string, string>();
  readonly #zone: string;

  constructor(zone: string) {
    this.#zone = zone;
  }

  bind(recorded: string, local: string): string | null {
    const known = this.#pairs.get(recorded);
    if (known !== undefined) return known === local ? null : `${recorded} stands for ${known}, not for ${local}`;
    const [at, own] = [this.#read(recorded), this.#read(local)];
    for (const [otherRecorded, otherLocal] of this.#pairs) {
      const [expected, found] = [at - this.#read(otherRecorded), own - this.#read(otherLocal)];
      if (Math.abs(expected) > togetherMs && Math.sign(expected) !== Math.sign(found)) {
        return `${recorded} is ${expected > 0 ? 'after' : 'before'} ${otherRecorded}, ${local} is not ${expected > 0 ? 'after' : 'before'} ${otherLocal}`;
      }
    }
    this.#pairs.set(recorded, local);
    return null;
  }

  #read(time: string): number {
    return Date.parse(`${time}${this.#zone}`);
  }
}

function keyOf({ kind, text }: Volatile): string {
  return `${kind} ${text}`;
}
