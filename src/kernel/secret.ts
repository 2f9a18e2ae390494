const shown = '[secret]';

/** The name by which Node's `util.inspect` asks an object for its text; the kernel knows no Node. */
const inspected = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that nothing shows by accident: as a text, in JSON, in a log, spread or listed it is `[secret]` or nothing at all. `reveal()`
 * is the one way out, so that a search for it finds every place where the value itself is used.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  /** Another secret made of this one, without a way out in between. */
  map<Other>(change: (value: T) => Other): Secret<Other> {
    return new Secret(change(this.#value));
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [Symbol.toPrimitive](): string {
    return shown;
  }

  [inspected](): string {
    return shown;
  }
}
