const durationPattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO-8601 duration of days and smaller; null when it is none. */
export function durationMs(text: string): number | null {
  const match = durationPattern.exec(text);
  if (match === null || text === 'P' || text.endsWith('T')) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** `start/end`, `start/duration`, `duration/end` or a duration that ends now; null for anything else. */
export function timeSpan(text: string, now: number): { readonly from: number; readonly to: number } | null {
  const [first = '', second, ...more] = text.split('/');
  if (more.length > 0) return null;
  if (second === undefined) return span(null, null, durationMs(first), now);
  const [start, end] = [timeAt(first), timeAt(second)];
  if (start === null && end === null) return null;
  return span(start, end, durationMs(start === null ? first : second), now);
}

function timeAt(text: string): number | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

function span(start: number | null, end: number | null, duration: number | null, now: number): { from: number; to: number } | null {
  if (start !== null && end !== null) return start < end ? { from: start, to: end } : null;
  if (duration === null || duration === 0) return null;
  if (start !== null) return { from: start, to: start + duration };
  return { from: (end ?? now) - duration, to: end ?? now };
}
