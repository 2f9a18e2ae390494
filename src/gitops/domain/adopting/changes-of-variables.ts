import { isObject } from '../../../kernel/comparison/canonical.ts';
import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import type { ParsedFile } from '../parsed-file.ts';
import { mayBeSecretVariable } from '../reading/inline-secret.ts';
import { valueAt } from '../reading/value-at.ts';
import { variableName } from '../values/variables.ts';
import type { Left } from './adoption.ts';
import { changedVariables, type Adopting } from './changes-of-service.ts';
import type { FieldChange } from './field-change.ts';
import { documentOf } from './placing.ts';

interface VariableChanges {
  readonly changes: readonly FieldChange[];
  readonly left: readonly Left[];
  readonly notes: readonly string[];
}

/** Each to the document that says it: the service, or its configuration where no other service has that. */
export function changesOfVariables(adopting: Adopting, files: readonly ParsedFile[]): VariableChanges {
  const { environment, service } = adopting;
  const each = [...changedVariables(adopting)].map(([key, value]) => changeOf(adopting, files, key, value));
  const shared = each.some((one) => one.isShared);
  return {
    changes: each.flatMap(({ change }) => change ?? []),
    left: each.flatMap(({ left }) => left ?? []),
    notes: shared ? [`other services of ${environment.name} have the configuration ${service.configuration ?? ''}, too: the value of ${service.name} stands in its own \`env\`, which wins`] : [],
  };
}

interface VariableChange {
  readonly change: FieldChange | null;
  readonly left: Left | null;
  readonly isShared: boolean;
}

function changeOf({ environment, service }: Adopting, files: readonly ParsedFile[], key: string, value: string | undefined): VariableChange {
  const about = `properties.template.containers[${service.name}].env[${key}]`;
  const left = (why: string): VariableChange => ({ change: null, left: { path: about, why }, isShared: false });
  if (value !== undefined && mayBeSecretVariable(key, value)) return left('it may be a secret: put it into a Key Vault and declare a SecretBinding, or write it into `env` yourself if it is none');
  if (!variableName.safeParse(key).success) return left('a manifest cannot name such a variable');
  const ofService = { kind: 'RuntimeService', name: service.name, path: ['env', key], value, about };
  const isOwn = valueAt(specIn(files, 'RuntimeService', service.name, environment.name), ['env', key]) !== undefined;
  const { configuration } = service;
  const isConfigured = configuration !== null && valueAt(specIn(files, 'RuntimeConfiguration', configuration, environment.name), ['values', key]) !== undefined;
  if (isOwn || !isConfigured) return { change: ofService, left: null, isShared: false };
  const isShared = environment.services.some((one) => one.name !== service.name && one.configuration === configuration);
  if (!isShared) return { change: { kind: 'RuntimeConfiguration', name: configuration, path: ['values', key], value, about }, left: null, isShared: false };
  if (value === undefined) return left(`it comes from the configuration ${configuration}, which other services have, too`);
  return { change: ofService, left: null, isShared: true };
}

/** What a document says in an environment, as it is written. */
function specIn(files: readonly ParsedFile[], kind: string, name: string, environment: string): unknown {
  const spec = valueAt(documentOf(files, kind, name)?.value, ['spec']);
  const entry = valueAt(spec, ['environments', environment]);
  return isObject(entry) ? applyMergePatch(spec, entry) : spec;
}
