import { isObject } from '../../../kernel/comparison/canonical.ts';
import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { AzurePlace, JsonObject } from '../../../kernel/desired-state.ts';
import { resourceGroupId } from '../compile/documents.ts';

/** The body of a container app in the words of a RuntimeService: the way back of `compile/container-app.ts`. What v1 has no words for is left out. */
export interface LiveFields {
  readonly image?: string;
  readonly resources: { readonly cpu: number; readonly memory: string };
  readonly ingress?: { readonly port: number; readonly external: boolean };
  /** Variables with a value. */
  readonly env: Readonly<Record<string, string>>;
  readonly health: { readonly readiness?: JsonObject; readonly liveness?: JsonObject };
}

export function liveFields(name: string, body: JsonObject): LiveFields {
  const main = mainContainer(name, body);
  const ingress = ingressOf(fieldsOf(fieldsOf(body['properties'])['configuration'])['ingress']);
  return {
    ...(typeof main['image'] === 'string' && { image: main['image'] }),
    resources: resourcesOf(fieldsOf(main['resources'])),
    ...(ingress !== null && { ingress }),
    env: Object.fromEntries(variablesOf(main).flatMap(({ name: key, value, secretRef }) => (secretRef === null ? [[key, value]] : []))),
    health: healthOf(listOf(main['probes']), ingress?.port ?? null),
  };
}

/** The container that a RuntimeService describes, which is called like it; the first one where none is. */
export function mainContainer(name: string, body: JsonObject): JsonObject {
  const containers = listOf(fieldsOf(fieldsOf(body['properties'])['template'])['containers']);
  return containers.find((one) => one['name'] === name) ?? containers[0] ?? {};
}

interface Variable {
  readonly name: string;
  readonly value: string;
  /** Null for one with a value. */
  readonly secretRef: string | null;
}

export function variablesOf(container: JsonObject): readonly Variable[] {
  return listOf(container['env']).flatMap(({ name, value, secretRef }) => {
    if (typeof name !== 'string') return [];
    return [{ name, value: typeof value === 'string' ? value : '', secretRef: typeof secretRef === 'string' && secretRef !== '' ? secretRef : null }];
  });
}

/** Objects of a list; none of what is no list. */
export function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function resourcesOf({ cpu, memory }: JsonObject): LiveFields['resources'] {
  return { cpu: Number(cpu ?? 0.5), memory: typeof memory === 'string' ? memory.replace(/^([0-9]+)\.0+(?=[A-Z])/, '$1') : '1Gi' };
}

function ingressOf(value: unknown): { readonly port: number; readonly external: boolean } | null {
  const { targetPort, external } = fieldsOf(value);
  const port = Number(targetPort ?? 0);
  return Number.isInteger(port) && port > 0 ? { port, external: external === true } : null;
}

const probeKinds = { readiness: 'readiness', liveness: 'liveness' } as const;

function healthOf(probes: readonly JsonObject[], ingressPort: number | null): LiveFields['health'] {
  return Object.fromEntries(
    Object.entries(probeKinds).flatMap(([field, type]) => {
      const found = probes.find((one) => typeof one['type'] === 'string' && one['type'].toLowerCase() === type);
      const probe = found === undefined ? null : probeOf(found, ingressPort);
      return probe === null ? [] : [[field, probe]];
    }),
  );
}

/** Seconds that Azure takes where nothing is said. */
const filledIn = { timeoutSeconds: 1, periodSeconds: 10, initialDelaySeconds: 0, failureThreshold: 3 } as const;

function probeOf(probe: JsonObject, ingressPort: number | null): JsonObject | null {
  const { path, port } = fieldsOf(probe['httpGet']);
  if (typeof path !== 'string' || typeof port !== 'number') return null;
  const said = (field: keyof typeof filledIn): number | null => {
    const value = probe[field];
    return typeof value === 'number' && value !== filledIn[field] ? value : null;
  };
  const [timeout, period, delay, failures] = [said('timeoutSeconds'), said('periodSeconds'), said('initialDelaySeconds'), said('failureThreshold')];
  return {
    path,
    ...(port !== ingressPort && { port }),
    ...(timeout !== null && { timeout: `${timeout}s` }),
    ...(period !== null && { period: `${period}s` }),
    ...(delay !== null && { initialDelay: `${delay}s` }),
    ...(failures !== null && { failures }),
  };
}

/** Names of the user-assigned identities in the environment's resource group, and how many identities the app has besides. */
export function identitiesOf(body: JsonObject, place: Pick<AzurePlace, 'subscription' | 'resourceGroup'>): { readonly names: readonly string[]; readonly others: number } {
  const { type, userAssignedIdentities } = fieldsOf(body['identity']);
  const ids = Object.keys(fieldsOf(userAssignedIdentities));
  const names = ids.flatMap((id) => identityNameOf(id, place) ?? []).sort();
  const isSystem = typeof type === 'string' && type.toLowerCase().includes('systemassigned');
  return { names, others: ids.length - names.length + (isSystem ? 1 : 0) };
}

/** Null for one that lies elsewhere. */
export function identityNameOf(id: string, place: Pick<AzurePlace, 'subscription' | 'resourceGroup'>): string | null {
  const home = `${resourceGroupId({ ...place, managedEnvironment: '' })}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/`;
  const name = id.slice(home.length);
  return id.toLowerCase().startsWith(home.toLowerCase()) && name !== '' && !name.includes('/') ? name : null;
}
