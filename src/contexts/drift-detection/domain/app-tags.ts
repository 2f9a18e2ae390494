import { tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames } from '../../../kernel/desired-state.ts';

/** What the tags of an app say about the release on it. Anybody who may write to Azure may have written them. */
export interface Standing {
  readonly digest: string | null;
  readonly commit: string | null;
  readonly generation: number;
  /** Digest of the release that was taken back. */
  readonly rolledBack: string | null;
}

export function standingOf(app: Pick<ObservedApp, 'tags'>): Standing {
  const commit = tagOf(app, tagNames.commit);
  const generation = Number(tagOf(app, tagNames.generation));
  return {
    digest: tagOf(app, tagNames.digest),
    commit: commit !== null && /^[0-9a-f]{40}$/.test(commit) ? commit : null,
    generation: Number.isSafeInteger(generation) ? generation : 0,
    rolledBack: tagOf(app, tagNames.rolledBack),
  };
}
