/** For people: `90 seconds`, and from two minutes on `5 minutes`. */
export function durationInWords(ms: number): string {
  const [count, unit] = ms < 120_000 ? [Math.round(ms / 1000), 'second'] : [Math.round(ms / 60_000), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
