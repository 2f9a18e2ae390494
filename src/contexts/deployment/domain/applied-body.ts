import type { AppliedApp } from './applied-app.ts';
import { referencesOf, secretsUsedBy } from './secrets.ts';
import { suffixOf, type Release } from './service-rollout.ts';

/** Azure keeps at most 100 ended revisions of an app. */
const revisionsAtMost = 250;

/** A body was sent: its references and what its revision uses are kept. `applied`: what was sent last, when that is another. */
export function withBody(known: AppliedApp, release: Release, applied: Release | null = release): AppliedApp {
  const secrets = [...new Map([...known.secrets, ...referencesOf(release.body)].map((reference) => [reference.name, reference])).values()];
  return { ...known, applied, secrets, revisionSecrets: withUse(known.revisionSecrets, release) };
}

/** One template may have been sent with several lists: what any of them held may be in use. */
function withUse(uses: AppliedApp['revisionSecrets'], release: Release): AppliedApp['revisionSecrets'] {
  const suffix = suffixOf(release);
  const used = secretsUsedBy(release.body);
  const { [suffix]: before = [], ...others } = uses;
  if (suffix === '' || used === null) return others;
  return Object.fromEntries([...Object.entries(others), [suffix, [...new Set([...before, ...used])].toSorted()] as const].slice(-revisionsAtMost));
}
