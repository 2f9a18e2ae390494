import type { TenantId } from '../../kernel/ids.ts';
import { isError } from '../../kernel/problem.ts';
import { approversOf, policyPath } from '../domain/policy.ts';
import type { GitopsNeeds } from '../needs.ts';
import { commands, type CommandName } from '../report/commands.ts';
import { code } from '../report/inert.ts';
import { listed, type KnownEnvironment } from './targets.ts';

interface Asks {
  readonly name: CommandName;
  readonly by: string;
  readonly environments: readonly KnownEnvironment[];
}

/** Write access or more, as GitHub says it at this moment. */
export async function mayWrite({ repository }: Pick<GitopsNeeds, 'repository'>, tenant: TenantId, login: string): Promise<boolean> {
  const permission = await repository.permission(tenant, login);
  return permission === 'admin' || permission === 'write';
}

/**
 * Why somebody with write access may not, in Markdown; null when they may. The policy is that of the default branch as it stands, so
 * that neither a pull request nor an older commit names approvers.
 */
export async function notApproved({ repository, commits }: Pick<GitopsNeeds, 'repository' | 'commits'>, tenant: TenantId, { name, by, environments }: Asks): Promise<string | null> {
  if (!commands[name].approved) return null;
  const { defaultBranch } = await repository.repository(tenant);
  const head = await repository.branchHead(tenant, defaultBranch);
  if (head === null) return 'The default branch cannot be read, so nobody can be seen to be an approver.';
  const { policy, problems } = await commits.policyOf(tenant, await repository.tree(tenant, head));
  if (problems.some(isError)) return `${code(policyPath)} of the default branch is wrong, so nobody can be seen to be an approver. Correct it first.`;
  const refused = environments.flatMap((environment) => {
    const approvers = approversOf(policy, environment.name);
    return approvers === null || approvers.includes(by.toLowerCase()) ? [] : [`${code(by)} is no approver of ${code(environment.name)}. Its approvers: ${listed(approvers)}.`];
  });
  return refused.length === 0 ? null : refused.join(' ');
}
