import { conclusions, type CheckReport, type Conclusion } from '../../gitops/ports.ts';

/** What a check's `external_id` says: how it ended, null while it runs, and the hash of all that was written. */
export interface CheckMark {
  readonly conclusion: Conclusion | null;
  readonly hash: string;
}

export function checkMark({ conclusion }: CheckReport, hash: string): string {
  return `${conclusion ?? 'running'}:${hash}`;
}

export function readCheckMark(externalId: string | null): CheckMark {
  const [said, hash = ''] = (externalId ?? '').split(':', 2);
  return { conclusion: conclusions.find((conclusion) => conclusion === said) ?? null, hash };
}
