/**
 * One run per key at a time, remembered once it succeeds with something that lasts; a failure is never remembered. Of what is remembered
 * the `size` most recently used stay.
 */
export function singleFlight<V>(size: number, isLasting: (value: V) => boolean): (key: string, run: () => Promise<V>) => Promise<V> {
  /** The least recently used first. */
  const remembered = new Map<string, Promise<V>>();
  return (key, run) => {
    const known = remembered.get(key);
    const value = known ?? run();
    remembered.delete(key);
    remembered.set(key, value);
    if (known !== undefined) return known;
    const [oldest] = remembered.keys();
    if (remembered.size > size && oldest !== undefined) remembered.delete(oldest);
    value.then((result) => isLasting(result) || remembered.delete(key), () => remembered.delete(key));
    return value;
  };
}
