import { reaction, type Reaction } from '../../kernel/context.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { tenantId, tenantScope } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';

type Needs = Pick<GitopsNeeds, 'installations'>;

/** Finds what webhooks did not say: repositories that were added, and pushes that nobody told us of. */
export function whenResyncInstallation(needs: Needs): Reaction {
  return reaction({
    on: 'ResyncInstallation',
    name: 'when-resync-installation',
    latestWins: () => 'resync',
    handle: (envelope) => resyncInstallation(needs, envelope),
  });
}

async function resyncInstallation({ installations }: Needs, { tenantId: from, payload }: Envelope<'ResyncInstallation'>): Promise<Outcome> {
  const { installationId } = tenantScope(from);
  const repositories = await installations.repositories(tenantId(installationId));
  return done([], repositories.map((id) => emit('SyncRepository', tenantId(installationId, id), { reason: payload.reason })));
}
