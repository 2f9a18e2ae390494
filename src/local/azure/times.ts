/** Azure writes seven digits, with a `Z` in the answer to a write and without one in a read (facts/azure.md A1.6). */
export function azureTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, -1)}0000`;
}

/** Revisions, replicas and metrics write whole seconds. */
export function secondsTime(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}
