import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { DesiredEnvironment, DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import { identitiesOf, identityNameOf, liveFields, listOf } from '../importing/live-fields.ts';
import { liveScale } from '../importing/live-scale.ts';
import { vaultSecretOf } from '../importing/live-secrets.ts';
import type { Left } from './adoption.ts';
import { fieldChanges, type FieldChange } from './field-change.ts';

export interface Adopting {
  readonly environment: DesiredEnvironment;
  readonly service: DesiredService;
  /** What is declared, with what is live at the places that are to be adopted. */
  readonly goal: JsonObject;
}

/** What a RuntimeService says itself, besides its variables. */
export function changesOfService(adopting: Adopting): readonly FieldChange[] {
  const { service: { name, app, rawPaths }, goal } = adopting;
  const [before, after] = [liveFields(name, asJson(app)), liveFields(name, goal)];
  const target = { kind: 'RuntimeService', name };
  const inWords = !rawPaths.includes('template.containers');
  const container = `properties.template.containers[${name}]`;
  return [
    ...(inWords ? fieldChanges({ ...target, path: ['image'], about: `${container}.image` }, before.image, after.image) : []),
    ...(inWords ? fieldChanges({ ...target, path: ['resources'], about: `${container}.resources` }, before.resources, after.resources) : []),
    ...(inWords ? fieldChanges({ ...target, path: ['health'], about: `${container}.probes` }, before.health, after.health) : []),
    ...fieldChanges({ ...target, path: ['ingress'], about: 'properties.configuration.ingress' }, before.ingress, after.ingress),
    ...changesOfIdentity(adopting),
  ];
}

function changesOfIdentity({ environment: { azure }, service, goal }: Adopting): readonly FieldChange[] {
  const [before, after] = [identitiesOf(asJson(service.app), azure), identitiesOf(goal, azure)];
  const added = after.names.filter((one) => !before.names.includes(one));
  const gone = before.names.filter((one) => !after.names.includes(one));
  if (added.length > 1 || gone.length > 1 || (added.length === 0 && gone.length === 0)) return [];
  return [{ kind: 'RuntimeService', name: service.name, path: ['identity'], value: added[0], about: 'identity' }];
}

/** Variables with a value that have another one, or are there or gone: then undefined. */
export function changedVariables({ service: { name, app, rawPaths }, goal }: Adopting): ReadonlyMap<string, string | undefined> {
  const [before, after] = [liveFields(name, asJson(app)).env, liveFields(name, goal).env];
  const keys = rawPaths.includes('template.containers') ? [] : [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return new Map(keys.filter((key) => before[key] !== after[key]).map((key) => [key, after[key]]));
}

/** Of the service's ScalingPolicy, named or to be made. The rules come as a whole or not at all: a part of them would scale as neither side says. */
export function changesOfScale({ service, goal }: Adopting, policy: string): { readonly changes: readonly FieldChange[]; readonly left: readonly Left[] } {
  const [{ leftOut: _, ...before }, { leftOut, ...after }] = [liveScale(asJson(service.app)), liveScale(goal)];
  const about = 'properties.template.scale';
  const changes = fieldChanges({ kind: 'ScalingPolicy', name: policy, path: [], about }, before, leftOut.length === 0 ? after : { ...after, rules: before.rules });
  const why = `the rule ${leftOut.join(', ')} has a secret, an identity or something else of which a ScalingPolicy knows nothing`;
  return { changes, left: leftOut.length === 0 ? [] : [{ path: `${about}.rules`, why }] };
}

/** Another version of a secret, or another secret, that somebody wrote into a secret of ours. Its name follows from what it refers to. */
export function changesOfSecrets({ environment, service, goal }: Adopting): readonly FieldChange[] {
  const secrets = listOf(fieldsOf(fieldsOf(goal['properties'])['configuration'])['secrets']);
  return environment.secrets.filter(({ name }) => service.secrets.includes(name)).flatMap((binding) => {
    const live = secrets.find((one) => one['name'] === binding.appSecretName) ?? {};
    const parts = vaultSecretOf(live['keyVaultUrl']);
    if (parts === null) return [];
    const identity = typeof live['identity'] === 'string' ? (identityNameOf(live['identity'], environment.azure) ?? binding.identity) : binding.identity;
    const said = ({ vault, secret, version }: typeof parts): JsonObject => ({ vault, secret, ...(version !== null && { version }) });
    const isSameIdentity = identity.toLowerCase() === binding.identity.toLowerCase();
    const target = { kind: 'SecretBinding', name: binding.name, path: [], about: `properties.configuration.secrets[${binding.appSecretName}]` };
    return fieldChanges(target, { ...said(binding), identity: binding.identity }, { ...said(parts), identity: isSameIdentity ? binding.identity : identity });
  });
}

/** A body is plain JSON. */
export function asJson(body: DesiredService['app']): JsonObject {
  return { ...body };
}
