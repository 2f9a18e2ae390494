import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { tenantId } from '../kernel/ids.ts';
import { fromInstallation } from './payload.ts';

const schema = fromInstallation.extend({
  action: z.string(),
  repositories_added: z.array(z.object({ id: z.number().int().positive() })).default([]),
});

/** Each repository that came under the App's care. */
export function installationRepositoriesMessages(payload: unknown): readonly EmittedMessage[] {
  const { action, installation, repositories_added: added } = schema.parse(payload);
  if (action !== 'added') return [];
  return added.map(({ id }) => emit('SyncRepository', tenantId(installation.id, id), { reason: 'repository added' }));
}
