import { honoured } from '../../../kernel/comparison/honoured.ts';
import type { ObservedApp } from '../../../kernel/container-app.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { runningAs, takenOverRevision } from '../../../kernel/taken-over.ts';
import { revisionName } from '../domain/app-view.ts';
import { declaredRollouts } from '../domain/declared-rollouts.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Release } from '../domain/service-rollout.ts';
import type { DeploymentPorts } from '../ports.ts';
import { readable } from './declared-at.ts';

interface Declaration {
  readonly tenantId: TenantId;
  readonly environment: string;
  readonly service: string;
  readonly commit: string | null;
  /** Its tags name the revision that it was taken over with, and it has what Git leaves to others. */
  readonly app: Pick<ObservedApp, 'tags' | 'raw'>;
}

type FullEntry = LedgerEntry & { readonly release: Release };

/**
 * What Git says that a release was made of; null when the commit does not say it, or cannot be read any more. Generation and trace are
 * not in Git: they stay empty.
 */
export async function entryFromGit(
  { desired, clock }: Pick<DeploymentPorts, 'desired' | 'clock'>,
  { tenantId, environment, service: name, commit, app }: Declaration,
  fits: (entry: LedgerEntry) => boolean,
): Promise<FullEntry | null> {
  if (commit === null || !/^[0-9a-f]{40}$/.test(commit)) return null;
  const declared = await readable(desired.at(tenantId, environment, commit));
  const found = declared?.services.find((one) => one.name === name);
  if (declared === null || found === undefined) return null;
  const inGit = honoured(found, app.raw);
  const service = runningAs(inGit, takenOverRevision(inGit, app));
  const [rollout] = declaredRollouts(declared, [name]);
  const { digest, image } = service;
  const entry = {
    image,
    digest,
    commit,
    revision: revisionName(service),
    configuration: rollout?.configuration ?? null,
    secrets: rollout?.secrets ?? [],
    verdict: recoveredVerdict,
    at: new Date(clock.now()).toISOString(),
    release: { digest, commit, generation: '', trace: '', body: service.app },
  };
  return fits(entry) ? entry : null;
}

export const recoveredVerdict = 'It served when its history was found again through Git';
