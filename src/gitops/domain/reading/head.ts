import type { JsonObject } from '../../../kernel/desired-state.ts';
import { apiVersion, kindNames, type KindName } from '../kinds/kinds.ts';
import { appSecretAnnotation, reapplyAnnotation, reapplyIn, type Metadata } from '../kinds/metadata.ts';
import { didYouMean, nearest } from '../values/nearest.ts';
import { belongsInside } from './elsewhere.ts';
import { fault, missingField, warning, type Fault } from './fault.ts';
import { secretIn } from './inline-secret.ts';
import { shownValue } from './issues.ts';

const heads = ['apiVersion', 'kind', 'metadata', 'spec'];

/** What every document starts with: its version, and no fields beside those of every kind. */
export function headFaults(value: JsonObject, kind: KindName | null): readonly Fault[] {
  const unknown = Object.keys(value)
    .filter((key) => !heads.includes(key))
    .map((key) =>
      fault({
        code: 'unknown-field',
        path: [key],
        at: 'key',
        message: `There is no field ${shownValue(key)} here`,
        expected: `one of ${heads.join(', ')}`,
        hint: didYouMean(key, heads) ?? (kind === null ? null : belongsInside(kind, key)),
      }),
    );
  return [...versionFaults(value['apiVersion']), ...unknown];
}

function versionFaults(version: unknown): readonly Fault[] {
  if (version === apiVersion) return [];
  const path = ['apiVersion'];
  if (version === undefined) return [missingField(path, apiVersion)];
  return [fault({ code: 'invalid-value', path, message: `${shownValue(version)} is not a version of this language`, expected: apiVersion })];
}

export function unknownKind(found: unknown): Fault {
  const expected = `one of ${kindNames.join(', ')}`;
  if (found === undefined) return missingField(['kind'], expected);
  const hint = typeof found === 'string' ? didYouMean(found, kindNames) : null;
  return fault({ code: 'unknown-kind', path: ['kind'], message: `There is no kind ${shownValue(found)}`, expected, hint });
}

/** Annotations of ours that nothing acts on: an annotation of somebody else is theirs. */
export function annotationFaults(kind: KindName, { annotations }: Metadata): readonly Fault[] {
  return Object.keys(annotations)
    .filter((key) => key.startsWith('trueup.dev/') && !(kind === 'RuntimeService' && isReapply(key)) && !(kind === 'SecretBinding' && key === appSecretAnnotation))
    .map((key) =>
      warning({
        code: 'not-acted-on',
        path: ['metadata', 'annotations', key],
        at: 'key',
        message: 'Nothing acts on this annotation',
        expected: `${reapplyAnnotation} or ${reapplyIn('ENVIRONMENT')}, on a RuntimeService`,
        hint: meantAnnotation(key) ?? 'Annotations of your own have another prefix',
      }),
    );
}

function isReapply(key: string): boolean {
  return key === reapplyAnnotation || key.startsWith(reapplyIn(''));
}

/** The name of an environment is no part of the typing error. */
function meantAnnotation(key: string): string | null {
  const dot = key.indexOf('.', 'trueup.dev/'.length);
  const [word, environment] = dot === -1 ? [key, ''] : [key.slice(0, dot), key.slice(dot)];
  return nearest(word, [reapplyAnnotation]) === null || secretIn(key, '') !== null ? null : `Did you mean \`${reapplyAnnotation}${environment}\`?`;
}
