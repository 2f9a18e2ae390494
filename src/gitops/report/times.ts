import { oneLine, shortened } from './inert.ts';

/** `2026-11-24 12:05 UTC`, of a time in ISO-8601. What is no time is shown as it is. */
export function dayAndTime(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? shortened(oneLine(iso), 40) : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `12:05 UTC`, where the day is plain. */
export function timeOfDay(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? dayAndTime(iso) : dayAndTime(iso).slice(11);
}

/** `90s`, `10m`, `2h`, `1h30m`: as a manifest writes it. */
export function lasting(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60 || (seconds < 120 && seconds !== 60)) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 ? `${hours}h` : '', rest > 0 || hours === 0 ? `${rest}m` : ''].join('');
}
