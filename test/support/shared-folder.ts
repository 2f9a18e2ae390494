import { join } from 'node:path';

/** A place in what lies beside the repository: recordings, specifications, facts. What reads it is skipped where it is absent. */
export function sharedPath(...parts: readonly string[]): string {
  return join(process.env['TRUEUP_SHARED'] ?? '../shared', ...parts);
}
