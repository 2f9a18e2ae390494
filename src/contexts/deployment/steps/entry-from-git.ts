import type { TenantId } from '../../../kernel/ids.ts';
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
}

type FullEntry = LedgerEntry & { readonly release: Release };

/**
 * What Git says that a release was made of; null when the commit does not say it, or cannot be read any more. Generation and trace are
 * not in Git: they stay empty.
 */
export async function entryFromGit(
  { desired, clock }: Pick<DeploymentPorts, 'desired' | 'clock'>,
  { tenantId, environment, service: name, commit }: Declaration,
  fits: (entry: LedgerEntry) => boolean,
): Promise<FullEntry | null> {
  if (commit === null || !/^[0-9a-f]{40}$/.test(commit)) return null;
  const declared = await readable(desired.at(tenantId, environment, commit));
  const service = declared?.services.find((one) => one.name === name);
  if (declared === null || service === undefined) return null;
  const [rollout] = declaredRollouts(declared, [name]);
  const { digest, image } = service;
  const entry = {
    image,
    digest,
    commit,
    revision: rollout?.revision ?? '',
    configuration: rollout?.configuration ?? null,
    secrets: rollout?.secrets ?? [],
    verdict: recoveredVerdict,
    at: new Date(clock.now()).toISOString(),
    release: { digest, commit, generation: '', trace: '', body: service.app },
  };
  return fits(entry) ? entry : null;
}

export const recoveredVerdict = 'It served when its history was found again through Git';
