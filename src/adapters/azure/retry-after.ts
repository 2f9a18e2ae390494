/** Longest wait that an answer may ask for; more would let one answer stop a tenant's work for a day. */
const longestMs = 15 * 60_000;

/** `retry-after-ms`, `x-ms-retry-after-ms`, or `Retry-After` in seconds or as a date, in milliseconds. Null when none says something readable. */
export function retryAfterMs(header: (name: string) => string | undefined, now: number): number | null {
  const asked = number(header('retry-after-ms')) ?? number(header('x-ms-retry-after-ms')) ?? secondsOrDate(header('retry-after'), now);
  return asked === null ? null : Math.min(Math.max(asked, 0), longestMs);
}

function secondsOrDate(text: string | undefined, now: number): number | null {
  const seconds = number(text);
  if (seconds !== null) return seconds * 1000;
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) ? null : date - now;
}

function number(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text.trim()) ? Number(text) : null;
}
