import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { Problem } from '../../../kernel/problem.ts';
import type { Grant } from '../ports.ts';
import { breach, environmentDocument, secretDocument } from './breach.ts';
import { gateProblems } from './gates.ts';

export function allowsSubscription({ subscriptions }: Grant, subscription: string): boolean {
  return subscriptions.some((allowed) => allowed.toLowerCase() === subscription.toLowerCase());
}

export function allowsResourceGroup({ resourceGroups }: Grant, resourceGroup: string): boolean {
  return resourceGroups.some((allowed) => matches(allowed, resourceGroup));
}

export function coversVault(vaults: Grant['vaults'], vault: string): boolean {
  return vaults.some((allowed) => matches(allowed, vault));
}

/** A name, or a prefix that ends in `*`. Azure compares names without case. */
function matches(allowed: string, name: string): boolean {
  const [pattern, text] = [allowed.toLowerCase(), name.toLowerCase()];
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** What `tenant` would touch in the environment without the operator's leave. */
export function grantProblems(environment: DesiredEnvironment, tenant: string, grant: Grant | null): Problem[] {
  return [...placeProblems(environment, tenant, grant), ...(grant === null ? [] : [...vaultProblems(environment, tenant, grant), ...gateProblems(environment, tenant, grant)])];
}

function placeProblems(environment: DesiredEnvironment, tenant: string, grant: Grant | null): Problem[] {
  const at = environmentDocument(environment);
  const { subscription, resourceGroup } = environment.azure;
  if (grant === null) {
    const message = `Tenant ${tenant} has no grant in this Trueup, so it may not be placed in ${environment.name}.`;
    return [breach(at, { code: 'not-granted', path: 'spec.azure', message, hint: `Ask the operator of this Trueup to add tenant ${tenant} of this repository to the grants file.` })];
  }
  const problems: Problem[] = [];
  if (!allowsSubscription(grant, subscription)) {
    const message = `Subscription ${subscription} is not granted to tenant ${tenant}.`;
    problems.push(breach(at, { code: 'not-granted', path: 'spec.azure.subscription', message, hint: `Ask the operator of this Trueup to grant the subscription to tenant ${tenant}, or name one that is granted.` }));
  }
  if (!allowsResourceGroup(grant, resourceGroup)) {
    const message = `Resource group ${resourceGroup} is not granted to tenant ${tenant}.`;
    problems.push(breach(at, { code: 'not-granted', path: 'spec.azure.resourceGroup', message, hint: `Ask the operator of this Trueup to grant the resource group to tenant ${tenant}, or name one that is granted.` }));
  }
  return problems;
}

function vaultProblems(environment: DesiredEnvironment, tenant: string, grant: Grant): Problem[] {
  return environment.secrets
    .filter((secret) => secret.tenant === tenant && !coversVault(grant.vaults, secret.vault))
    .map((secret) =>
      breach(secretDocument(secret), {
        code: 'not-granted',
        path: 'spec.vault',
        message: `Key Vault ${secret.vault} is not granted to tenant ${tenant}.`,
        hint: `Ask the operator of this Trueup to grant the vault to tenant ${tenant}, or name one that is granted.`,
      }),
    );
}
