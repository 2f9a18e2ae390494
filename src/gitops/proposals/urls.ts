import type { AzurePlace } from '../../kernel/desired-state.ts';

/** Addresses for `Links.to`, which decides whether they may be linked. */
export function pullRequestUrl(repositoryUrl: string, number: number): string {
  return `${repositoryUrl.replace(/\/$/, '')}/pull/${number}`;
}

/** The container app's revisions in the portal. */
export function appUrl({ subscription, resourceGroup }: AzurePlace, app: string): string {
  const [group, name] = [resourceGroup, app].map(encodeURIComponent);
  return `https://portal.azure.com/#resource/subscriptions/${encodeURIComponent(subscription)}/resourceGroups/${group}/providers/Microsoft.App/containerApps/${name}/revisionManagement`;
}
