/** What in KQL reads from elsewhere than the workspace that is asked: other workspaces and apps, Azure's own resources, clusters, any address. */
const elsewhere = ['workspace', 'app', 'resource', 'cluster', 'database', 'adx', 'arg', 'externaldata', 'external_data'];
/** Between a name and what it is called with: a quoted name's end, white space and comments to the end of a line. */
const gap = String.raw`(?:['"]\s*\])?(?:\s|//[^\n\r]*[\n\r])*`;
const call = new RegExp(String.raw`(?<![A-Za-z0-9_])(${elsewhere.join('|')})${gap}\(`, 'i');

/**
 * The word with which a query would leave its workspace; null for one that stays. The workspace is granted to the tenant, not what else the
 * operator's identity may read. Texts inside of the query are not told apart: rather one harmless query too many is refused.
 */
export function leavesWorkspace(query: string): string | null {
  return call.exec(query)?.[1]?.toLowerCase() ?? null;
}
