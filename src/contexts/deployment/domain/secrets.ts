import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { ContainerAppBody } from '../../../kernel/desired-state.ts';
import type { ObservedApp, ObservedRevision } from '../../../kernel/container-app.ts';
import type { AppliedApp, SecretReference } from './applied-app.ts';
import { liveSecrets, type LiveSecret } from './app-view.ts';

/** Secrets of a body that are Key Vault references. */
export function referencesOf(body: ContainerAppBody): readonly SecretReference[] {
  const list = body.properties.configuration['secrets'];
  return Array.isArray(list) ? list.flatMap(referenceOf) : [];
}

function referenceOf(item: unknown): readonly SecretReference[] {
  if (!isObject(item)) return [];
  const { name, keyVaultUrl, identity } = item;
  return typeof name === 'string' && typeof keyVaultUrl === 'string' && typeof identity === 'string' ? [{ name, keyVaultUrl, identity }] : [];
}

/** Names that a revision made of this body may refer to; null when that may be all that the app has. */
export function secretsUsedBy(body: ContainerAppBody): readonly string[] | null {
  const used = new Set(referencesOf(body).map(({ name }) => name));
  return collect(body.properties.template, used) && collect(body.properties.configuration, used) ? [...used] : null;
}

/** False at a volume of secrets that does not say which: it holds all of them. */
function collect(value: unknown, used: Set<string>): boolean {
  if (Array.isArray(value)) return value.every((one) => collect(one, used));
  if (!isObject(value)) return true;
  if (value['storageType'] === 'Secret' && !(Array.isArray(value['secrets']) && value['secrets'].length > 0)) return false;
  return Object.entries(value).every(([key, inner]) => {
    if (typeof inner === 'string' && /secretref$/i.test(key)) used.add(inner);
    return collect(inner, used);
  });
}

export interface SecretSources {
  /** Of the body that is about to be sent. */
  readonly declared: readonly SecretReference[];
  /** Names that revisions may use, ended ones too; null when that is not known, and then everything that is live is kept. */
  readonly inUse: ReadonlySet<string> | null;
  readonly live: readonly LiveSecret[];
  /** References sent before. */
  readonly known: readonly SecretReference[];
}

export type SecretList =
  /** The whole list to send. Null: it does not have to be sent, everything declared is there. */
  | { readonly send: readonly SecretReference[] | null }
  /** Live secrets that have to stay and of which Azure shows the name only. */
  | { readonly unknown: readonly string[] };

/**
 * A merge patch replaces the list as a whole, and taking a secret away that a revision refers to makes Azure hang until it gives up
 * (azure-container-apps#395). So what is live stays, unless no revision that Azure keeps uses it. Names are content-addressed: the same name is
 * the same version of the same secret.
 */
export function secretsToSend({ declared, inUse, live, known }: SecretSources): SecretList {
  const wanted = new Map(declared.map((reference) => [reference.name, reference]));
  const others = live.filter(({ name }) => !wanted.has(name));
  const kept = others.filter(({ name }) => inUse === null || inUse.has(name));
  const isThere = declared.every((reference) => live.some((one) => isShownAs(one, reference, live)));
  if (isThere && others.every((secret) => kept.includes(secret) || isOfPeople(secret, known))) return { send: null };
  const found = kept.map((secret) => ({ name: secret.name, reference: known.find(({ name }) => name === secret.name) ?? shownReference(secret) }));
  const unknown = found.filter(({ reference }) => reference === null).map(({ name }) => name);
  if (unknown.length > 0) return { unknown };
  return { send: [...declared, ...found.flatMap(({ reference }) => reference ?? [])] };
}

/** Its value lies in the app alone, and is lost with it: no list is sent to take it away. */
function isOfPeople({ name, keyVaultUrl }: LiveSecret, known: readonly SecretReference[]): boolean {
  return keyVaultUrl === null && !known.some((one) => one.name === name);
}

/** Under its own name somebody may have put another reference, or a value: then the list is sent. Where Azure shows names alone, nobody knows. */
function isShownAs(one: LiveSecret, { name, keyVaultUrl, identity }: SecretReference, all: readonly LiveSecret[]): boolean {
  if (one.name !== name) return false;
  if (one.keyVaultUrl === null) return all.every((other) => other.keyVaultUrl === null);
  return one.keyVaultUrl === keyVaultUrl && one.identity?.toLowerCase() === identity.toLowerCase();
}

export interface SecretFacts {
  readonly app: ObservedApp;
  readonly body: ContainerAppBody;
  readonly known: AppliedApp;
  readonly revisions: readonly ObservedRevision[];
}

/**
 * A secret is dropped when it is known of every revision that Azure lists what it uses, and none uses it. Ended ones count: some saw Azure
 * hang for them, too, and they may be activated again. What a revision refers to, Azure does not show (azure-container-apps#1705).
 */
export function secretsFor({ app, body, known, revisions }: SecretFacts): SecretList {
  const uses = [secretsUsedBy(body), ...revisions.map(({ name }) => usedBy(known, name.slice(app.id.name.length + 2)))];
  const isKnown = revisions.length > 0 && uses.every((one) => one !== null);
  const inUse = isKnown ? new Set(uses.flatMap((one) => one ?? [])) : null;
  return secretsToSend({ declared: referencesOf(body), inUse, live: liveSecrets(app), known: known.secrets });
}

function usedBy({ revisionSecrets }: AppliedApp, suffix: string): readonly string[] | null {
  return Object.hasOwn(revisionSecrets, suffix) ? (revisionSecrets[suffix] ?? null) : null;
}

export function unknownSecrets({ unknown }: Extract<SecretList, { unknown: unknown }>): { readonly reason: string; readonly needs: string } {
  const names = unknown.slice(0, 5).join(', ');
  return {
    reason: `The container app holds secrets that Git does not declare and whose values nobody may read: ${names}`,
    needs: `Declare them as SecretBindings, or remove them from the container app if no revision uses them: ${names}.`,
  };
}

function shownReference({ name, keyVaultUrl, identity }: LiveSecret): SecretReference | null {
  return keyVaultUrl === null || identity === null ? null : { name, keyVaultUrl, identity };
}
