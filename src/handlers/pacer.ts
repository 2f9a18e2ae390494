/**
 * Lets so many bytes a second through, over all who ask; each waits behind those who asked before.
 * @returns the milliseconds to wait after so many bytes.
 */
export function pacer(bytesPerSecond: number, now: () => number = () => performance.now()): (bytes: number) => number {
  let freeAt = now();
  return (bytes) => {
    freeAt = Math.max(freeAt, now()) + (bytes / bytesPerSecond) * 1000;
    return freeAt - now();
  };
}
