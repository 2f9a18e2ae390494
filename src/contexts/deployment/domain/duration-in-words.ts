/** For people: `90 seconds`, and from two minutes on `5 minutes`. */
export function durationInWords(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} seconds` : `${Math.round(ms / 60_000)} minutes`;
}
