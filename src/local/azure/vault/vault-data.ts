import type { Access } from '../arm/access.ts';
import { ok } from '../answers.ts';
import type { Caller } from '../http/authenticate.ts';
import { vaultNameOf } from '../http/hosts.ts';
import type { ReadRequest } from '../http/read-request.ts';
import { objectAt, tagsOf, textAt } from '../json.ts';
import type { AzureAnswer, LocalClock } from '../world.ts';
import { badParameter, forbidden, secretDisabled, secretNotFound } from './vault-errors.ts';
import { getSecret, newVersionId, secretScope, versionOf, versionsOf, type SecretVersion, type Vault, type VaultStore } from './vault-store.ts';

interface VaultDataOptions {
  readonly tenantId: string;
  readonly vaults: VaultStore;
  readonly access: Access;
  readonly clock: Pick<LocalClock, 'now'>;
}

interface Call extends VaultDataOptions {
  readonly request: ReadRequest;
  readonly caller: Caller;
  readonly vault: Vault;
}

const readMetadata = 'Microsoft.KeyVault/vaults/secrets/readMetadata/action';
const setSecret = 'Microsoft.KeyVault/vaults/secrets/setSecret/action';
const namePattern = /^[a-zA-Z0-9-]{1,127}$/;
const pageSize = 25;
/** Of these the answers to what is modelled are the same; older ones differ. */
const versions = ['7.5', '7.6', '2025-07-01', '2026-04-01'];

/** `<vault>.vault.azure.net`: secrets as the service answers them since 7.5. */
export function vaultData(options: VaultDataOptions): (request: ReadRequest, caller: Caller) => AzureAnswer | null {
  return (request, caller) => {
    const vault = options.vaults.find(vaultNameOf(request.host));
    if (vault === null) return null;
    const version = request.query.get('api-version');
    if (!version) return badParameter('api-version must be specified');
    if (!versions.includes(version)) return null;
    return route({ ...options, request, caller, vault });
  };
}

function route(call: Call): AzureAnswer | null {
  const { method, segments } = call.request;
  const [kind, name, version, ...more] = segments;
  if (kind !== 'secrets' || more.length > 0) return null;
  if (name === undefined) return method === 'GET' ? permitted(call, readMetadata, null, () => listSecrets(call)) : null;
  if (!namePattern.test(name)) return badParameter(`The request URI contains an invalid name: ${name}`);
  if (method === 'PUT' && version === undefined) return permitted(call, setSecret, name, () => set(call, name));
  if (method === 'PATCH' && version !== undefined) return permitted(call, setSecret, name, () => update(call, name, version));
  if (method !== 'GET') return null;
  if (version === 'versions') return permitted(call, readMetadata, name, () => listVersions(call, name));
  return permitted(call, getSecret, name, () => get(call, name, version ?? null));
}

/** What `run` answers, for a caller who has the right. */
function permitted({ access, tenantId, caller, vault }: Call, action: string, secretName: string | null, run: () => AzureAnswer): AzureAnswer {
  return access.allows(caller.principalId, 'dataActions', action, secretScope(vault, secretName)) ? run() : forbidden(caller, tenantId, action, vault, secretName);
}

function get(call: Call, name: string, version: string | null): AzureAnswer {
  const found = versionOf(call.vault, name, version);
  if (found === null) return secretNotFound(version === null ? name : `${name}/${version}`);
  return found.enabled ? ok({ value: found.value, ...shown(call, name, found) }) : secretDisabled();
}

/** A secret that is not there has no versions: an empty list, no 404. */
function listVersions(call: Call, name: string): AzureAnswer {
  const versions = versionsOf(call.vault, name);
  // Ordered by id, which says nothing about age.
  const ordered = versions.toSorted((one, other) => one.version.localeCompare(other.version));
  return page(call, ordered.map((version) => shown(call, name, version)));
}

function listSecrets(call: Call): AzureAnswer {
  const items = [...call.vault.secrets.values()].flatMap(({ name, versions }) => {
    const latest = versions.at(-1);
    return latest ? [{ ...shown(call, name, latest), id: secretId(call, name) }] : [];
  });
  return page(call, items);
}

function page({ request, vault }: Call, items: readonly object[]): AzureAnswer {
  const asked = Number(request.query.get('maxresults') ?? pageSize);
  if (!Number.isInteger(asked) || asked < 1 || asked > pageSize) return badParameter('maxresults must be between 1 and 25');
  const from = Number(request.query.get('$skiptoken') ?? 0) || 0;
  const next = from + asked;
  const version = request.query.get('api-version') ?? '';
  // The service names the port, although it is the default one.
  const port = new URL(request.origin).port || '443';
  const nextLink = `https://${vault.name}.vault.azure.net:${port}${request.path}?api-version=${version}&$skiptoken=${next}&maxresults=${asked}`;
  return ok({ value: items.slice(from, next), nextLink: next < items.length ? nextLink : null });
}

function set(call: Call, name: string): AzureAnswer {
  const { request, vault, clock } = call;
  const value = textAt(request.body, 'value');
  if (value === null) return badParameter('Required parameter value is missing');
  const secret = vault.secrets.get(name.toLowerCase()) ?? { name, versions: [] };
  const now = clock.now();
  const fresh: SecretVersion = {
    version: newVersionId(vault, name, secret.versions.length, now),
    value,
    enabled: true,
    createdAt: now,
    updatedAt: now,
    notBefore: null,
    expiresAt: null,
    contentType: null,
    tags: {},
  };
  const version = changed(fresh, request.body);
  secret.versions.push(version);
  vault.secrets.set(name.toLowerCase(), secret);
  return ok({ value, ...shown(call, secret.name, version) });
}

function update(call: Call, name: string, version: string): AzureAnswer {
  const { request, vault, clock } = call;
  const versions = versionsOf(vault, name);
  const found = versionOf(vault, name, version);
  if (found === null) return secretNotFound(`${name}/${version}`);
  const updated = { ...changed(found, request.body), updatedAt: clock.now() };
  versions.splice(versions.indexOf(found), 1, updated);
  return ok(shown(call, name, updated));
}

/** What a request says about a version; what it does not mention stays. */
function changed(version: SecretVersion, body: unknown): SecretVersion {
  const { enabled, exp, nbf } = objectAt(body, 'attributes');
  const time = (value: unknown, otherwise: number | null) => (typeof value === 'number' ? value * 1000 : otherwise);
  const tags = tagsOf(body);
  return {
    ...version,
    enabled: typeof enabled === 'boolean' ? enabled : version.enabled,
    expiresAt: time(exp, version.expiresAt),
    notBefore: time(nbf, version.notBefore),
    contentType: textAt(body, 'contentType') ?? version.contentType,
    tags: Object.keys(tags).length > 0 ? tags : version.tags,
  };
}

function secretId({ vault }: Call, name: string): string {
  return `https://${vault.name}.vault.azure.net/secrets/${name}`;
}

/** Times in seconds; fields that are not set are not there. */
function shown(call: Call, name: string, { version, enabled, createdAt, updatedAt, notBefore, expiresAt, contentType, tags }: SecretVersion): object {
  const seconds = (at: number) => Math.floor(at / 1000);
  return {
    id: `${secretId(call, name)}/${version}`,
    attributes: {
      enabled,
      ...(notBefore !== null && { nbf: seconds(notBefore) }),
      ...(expiresAt !== null && { exp: seconds(expiresAt) }),
      created: seconds(createdAt),
      updated: seconds(updatedAt),
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
    ...(contentType !== null && { contentType }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}
