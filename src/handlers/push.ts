import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { fromRepository, repositoryTenant } from './payload.ts';

const schema = fromRepository.extend({ ref: z.string(), deleted: z.boolean().default(false) });

/** A push to the default branch is to be made so. Other branches come in as pull requests; which commit was pushed does not matter. */
export function pushMessages(payload: unknown): readonly EmittedMessage[] {
  const push = schema.parse(payload);
  if (push.deleted || push.ref !== `refs/heads/${push.repository.default_branch}`) return [];
  return [emit('SyncRepository', repositoryTenant(push), { reason: 'push' })];
}
