import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { tenantId } from '../kernel/ids.ts';
import { fromInstallation } from './payload.ts';

const schema = fromInstallation.extend({ action: z.string() });

const grown = new Set(['created', 'unsuspend', 'new_permissions_accepted']);

/** The App was installed, or may do more than before. Removal needs no work: nothing is deleted, and its calls are refused by GitHub. */
export function installationMessages(payload: unknown): readonly EmittedMessage[] {
  const { action, installation } = schema.parse(payload);
  return grown.has(action) ? [emit('ResyncInstallation', tenantId(installation.id), { reason: `installation ${action}` })] : [];
}
