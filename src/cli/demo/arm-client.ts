import { httpCall, type HttpAnswer } from './http-call.ts';

export interface ArmAddress {
  /** `https://127.0.0.1:<port>` */
  readonly arm: string;
  readonly ca: string;
  readonly token: string;
}

/** A person's view of Azure: GET a resource's JSON with a bearer token. Null when it is not there. */
export async function armGet(address: ArmAddress, path: string): Promise<unknown> {
  const { status, body } = await httpCall(`${address.arm}${path}`, { ca: address.ca, headers: { authorization: `Bearer ${address.token}` } });
  if (status === 404) return null;
  if (status !== 200) throw new Error(`GET ${path} answered ${status}`);
  return JSON.parse(body);
}

/** A person's own write, the one that the token is of. @throws for what is not accepted; what is accepted may still go on. */
export async function armWrite(address: ArmAddress, method: 'PUT' | 'PATCH' | 'POST' | 'DELETE', path: string, body: object | null): Promise<void> {
  const headers = { authorization: `Bearer ${address.token}`, ...(body && { 'content-type': 'application/json' }) };
  const { status } = await httpCall(`${address.arm}${path}`, { method, ca: address.ca, headers }, body ? JSON.stringify(body) : undefined);
  if (status < 200 || status > 299) throw new Error(`${method} ${path} answered ${status}`);
}

/** What a user of a workload sees: GET through the ingress, which is found by its name although it is on this machine. */
export function ingressGet({ arm, ca }: ArmAddress, fqdn: string): Promise<HttpAnswer> {
  return httpCall(`${arm}/`, { ca, servername: fqdn, headers: { host: fqdn } });
}

const apiVersions = { app: '2026-07-01', identity: '2023-01-31' } as const;

export function containerAppPath(subscription: string, resourceGroup: string, app: string): string {
  return `${groupPath(subscription, resourceGroup)}/providers/Microsoft.App/containerApps/${app}?api-version=${apiVersions.app}`;
}

export function revisionPath(subscription: string, resourceGroup: string, app: string, revision: string): string {
  return `${groupPath(subscription, resourceGroup)}/providers/Microsoft.App/containerApps/${app}/revisions/${revision}?api-version=${apiVersions.app}`;
}

export function environmentPath(subscription: string, resourceGroup: string, name: string): string {
  return `${groupPath(subscription, resourceGroup)}/providers/Microsoft.App/managedEnvironments/${name}?api-version=${apiVersions.app}`;
}

export function identityPath(subscription: string, resourceGroup: string, name: string): string {
  return `${groupPath(subscription, resourceGroup)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}?api-version=${apiVersions.identity}`;
}

function groupPath(subscription: string, resourceGroup: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
}
