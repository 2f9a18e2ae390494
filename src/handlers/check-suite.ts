import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { check, fromRepository, repositoryTenant } from './payload.ts';

const schema = fromRepository.extend({
  action: z.string(),
  check_suite: check.extend({ head_branch: z.string().nullable() }),
});

/** "Re-run all checks". What GitHub requests by itself after a push comes in as the push or the pull request, too. */
export function checkSuiteMessages(payload: unknown, appId: number): readonly EmittedMessage[] {
  const event = schema.parse(payload);
  const { check_suite: suite, repository } = event;
  if (event.action !== 'rerequested' || (suite.app !== null && suite.app.id !== appId)) return [];
  const tenant = repositoryTenant(event);
  const plans = suite.pull_requests.map(({ number }) => emit('PlanPullRequest', tenant, { number }));
  const onDefault = suite.head_branch === repository.default_branch;
  const again = onDefault ? [emit('SyncRepository', tenant, { reason: 'check suite requested again', recheck: true })] : plans;
  return [emit('ConfirmChecks', tenant, { commit: suite.head_sha }), ...again];
}
