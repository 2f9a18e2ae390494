/** A place that is held back. Times are of whoever asks: a duration travels, not a clock. */
interface Held {
  /** Milliseconds since the epoch at which it stopped answering. */
  readonly since: number;
  /** Milliseconds until it may be tried. */
  readonly probeInMs: number;
}

/** What all processes know of places that do not answer. Every method rejects when nobody can be asked. */
export interface OutageBoard {
  /** Null for a place that is not held back. */
  look(place: string): Promise<Held | null>;
  /** One caller of all processes gets the try, for so many milliseconds; null when the place is not held back any more. */
  claim(place: string, forMs: number): Promise<(Held & { readonly isOurs: boolean }) | null>;
  /** Holds it back, or longer, and answers since when. */
  hold(place: string, held: Held, keepMs: number): Promise<number>;
  release(place: string): Promise<void>;
}
