import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { thenDeployed } from '../domain/what-to-do.ts';
import type { DeploymentPorts } from '../ports.ts';

interface Place {
  readonly tenantId: TenantId;
  readonly environment: string;
  readonly commit: string;
}

type Declared =
  | { readonly is: 'declared'; readonly desired: DesiredEnvironment }
  /** The commit does not declare the environment, is out of bounds as a whole, or cannot be read and will not be. */
  | { readonly is: 'unusable'; readonly reason: string; readonly needs: string | null };

/** What the commit says. That it says nothing usable is a fact, of which its deployment ends; every other failure is retried. */
export async function declaredAt({ desired }: Pick<DeploymentPorts, 'desired'>, { tenantId, environment, commit }: Place): Promise<Declared> {
  const short = commit.slice(0, 7);
  try {
    const declared = await desired.at(tenantId, environment, commit);
    return declared === null ? { is: 'unusable', reason: `Commit ${short} does not declare ${environment}`, needs: null } : { is: 'declared', desired: declared };
  } catch (error) {
    if (error instanceof OutOfBounds) return { is: 'unusable', reason: error.message, needs: thenDeployed(error.needs) };
    if (!(error instanceof Rejected)) throw error;
    const needs = thenDeployed('See that the repository still has the commit, that the App is installed on it, and that the environment is declared rightly there.');
    return { is: 'unusable', reason: `What commit ${short} declares for ${environment} cannot be read${inWords(error)}`, needs };
  }
}

/** A commit that GitHub does not have any more (a force push), or that is out of bounds by now, is a fact; every other failure is retried. */
export async function readable<Declared>(reading: Promise<Declared | null>): Promise<Declared | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Rejected || error instanceof OutOfBounds) return null;
    throw error;
  }
}
