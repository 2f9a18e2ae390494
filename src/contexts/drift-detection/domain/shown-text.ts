import { isObject } from '../../../kernel/comparison/canonical.ts';
import { digestOf } from '../../../kernel/digest.ts';

const textLength = 500;
const absent = '(absent)';

/** One line, of bounded length, without characters that steer a terminal or turn the direction of writing. */
export function bounded(text: string, length = textLength): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').toWellFormed();
  return line.length > length ? `${line.slice(0, length - 1).toWellFormed()}…` : line;
}

/** A value that Git holds. */
export function gitText(value: unknown): string {
  return bounded(written(value));
}

/**
 * Fields whose texts never hold a secret: names, references and enumerations. A text anywhere else that Git does not know may be one
 * that somebody typed in: in an argument, a header, the metadata of a scale rule, a field that no model knows.
 */
const plainFields: ReadonlySet<string> = new Set(
  [
    'name image imageType type location environmentId workloadProfileName revisionSuffix activeRevisionsMode patchingMode',
    'transport targetPort targetPortHttpScheme clientCertificateMode affinity scheme action ipAddressRange revisionName label',
    'memory cpu secretRef keyVaultUrl identity lifecycle server passwordSecretRef triggerParameter appId appProtocol',
    'storageType storageName mountPath volumeName serviceId bindingType certificateId',
  ].flatMap((line) => line.split(' ')),
);

/** What runs, as it may be shown: a fingerprint stands for each text that might be a secret. `git` is all that Git says of the app. */
export function liveText(path: string, value: unknown, git: object): string {
  const known = new Set<string>();
  collect(git, known);
  const field = /(?<![^.[\]])([^.[\]]+)(\[[^[\]]*\])?$/.exec(path)?.[1] ?? '';
  return bounded(written(safe(field, value, known)));
}

const fingerprint = /^\(not shown, [0-9a-f]{8}\)$/;

function safe(field: string, value: unknown, known: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => safe(field, item, known));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, safe(key, item, known)]));
  if (typeof value !== 'string' || plainFields.has(field) || known.has(value) || fingerprint.test(value)) return value;
  return `(not shown, ${digestOf(value).slice(0, 8)})`;
}

function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') into.add(value);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach((item) => collect(item, into));
}

function written(value: unknown): string {
  if (value === null || value === undefined) return absent;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
