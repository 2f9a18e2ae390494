/** Full jitter between the half and the whole of 2 s, 4 s, ... 5 min, so that many failures do not come back together. */
export function backoffMs(failures: number, random: () => number): number {
  const ceiling = Math.min(2000 * 2 ** Math.max(0, failures - 1), 300_000);
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
