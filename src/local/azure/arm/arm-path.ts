/** What an ARM request is about, read from its path alone. */
export interface ArmPath {
  /** Null above subscriptions. */
  readonly subscription: string | null;
  readonly resourceGroup: string | null;
  /** Lower case, of the last `providers` segment: extensions such as role assignments hang below another resource. Null without one. */
  readonly provider: string | null;
  /** After the last provider: type, name, type, name ... */
  readonly rest: readonly string[];
  /** The path before the last `/providers/<namespace>`; of the resource itself for a resource that is no extension: its group. */
  readonly parent: string;
}

export function armPath(segments: readonly string[]): ArmPath {
  const at = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers');
  const before = at === -1 ? segments : segments.slice(0, at);
  return {
    subscription: isAt(before, 0, 'subscriptions') ? (before[1] ?? null) : null,
    resourceGroup: isAt(before, 2, 'resourcegroups') ? (before[3] ?? null) : null,
    provider: at === -1 ? null : (segments[at + 1]?.toLowerCase() ?? null),
    rest: at === -1 ? [] : segments.slice(at + 2),
    parent: `/${before.join('/')}`,
  };
}

const verbs: Readonly<Record<string, string>> = { GET: 'read', HEAD: 'read', PUT: 'write', PATCH: 'write', DELETE: 'delete', POST: 'action' };

/** The operation that roles name, `Microsoft.App/containerApps/write`, and the scope at which it must be allowed. */
export function armOperation(method: string, segments: readonly string[]): { readonly action: string; readonly scope: string } {
  const at = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers');
  const namespace = at === -1 ? 'Microsoft.Resources' : (segments[at + 1] ?? '');
  const rest = at === -1 ? segments : segments.slice(at + 2);
  const types = rest.filter((_, index) => index % 2 === 0);
  // A POST ends in the name of what it does, which is no part of the scope.
  const scope = method === 'POST' ? segments.slice(0, -1) : segments;
  return { action: [namespace, ...types, verbs[method] ?? 'action'].join('/'), scope: `/${scope.join('/')}` };
}

function isAt(segments: readonly string[], index: number, word: string): boolean {
  return segments[index]?.toLowerCase() === word;
}
