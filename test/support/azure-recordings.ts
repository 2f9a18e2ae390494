import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedPath } from './shared-folder.ts';

/** Recorded traffic of Azure. It lies beside the repository; where it does not, what replays it is skipped. */
export const recordingsFolder = sharedPath('azure', 'recordings');
export const hasRecordings = existsSync(recordingsFolder);

export interface Interaction {
  readonly request: { readonly method: string; readonly url: string; readonly body: unknown };
  /** So many identical polls came before the next one. */
  readonly repeats?: number;
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body?: unknown };
}

/** None where there are no recordings. */
export function recordingFiles(): readonly string[] {
  return hasRecordings ? readdirSync(recordingsFolder).filter((file) => file.endsWith('.json')) : [];
}

/** In order. */
export function interactionsOf(file: string): readonly Interaction[] {
  return (JSON.parse(readFileSync(join(recordingsFolder, file), 'utf8')) as { interactions: Interaction[] }).interactions;
}
