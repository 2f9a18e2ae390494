import type { JsonObject } from '../desired-state.ts';
import { keyOf, itemOf, rulesAt, type Place } from './rule-book.ts';
import type { Canonical, Does } from './rule.ts';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Azure knows no difference between absent, null, an empty text and an empty list. */
export function present(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  return Array.isArray(value) && value.length === 0 ? null : value;
}

const ways: Readonly<Record<Canonical, (value: unknown) => unknown>> = {
  caseless: (value) => (typeof value === 'string' ? value.toLowerCase() : value),
  id: (value) => (typeof value === 'string' ? value.toLowerCase().replace(/(?<!\/)\/+$/, '') : value),
  location: (value) => (typeof value === 'string' ? value.toLowerCase().replaceAll(/[^a-z0-9]/g, '') : value),
  number: (value) => (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value),
  memory,
  'identity-type': (value) => (typeof value === 'string' ? value.toLowerCase().split(',').map((part) => part.trim()).sort().join(',') : value),
  'scale-rule': scaleRule,
  'rule-metadata': (value) => (isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)])) : value),
  'port-mapping': (value) => (isObject(value) && present(value['exposedPort']) === null ? { ...value, exposedPort: value['targetPort'] } : value),
  'environment-twin': (value) => (isObject(value) && present(value['environmentId']) === null ? { ...value, environmentId: value['managedEnvironmentId'] } : value),
};

/** A value as it compares: absent as null or as what absent means, spelled in one way. Looks no deeper than this place. */
export function canonicalAt(rules: Does, value: unknown): unknown {
  const known = present(value) ?? rules.absentMeans ?? null;
  return rules.canonical === undefined || known === null ? known : ways[rules.canonical](known);
}

/** The same for everything below, for lists whose items have no name. */
export function canonicalDeep(place: Place, value: unknown): unknown {
  const rules = rulesAt(place);
  if (rules.ignored) return null;
  const known = canonicalAt(rules, value);
  if (Array.isArray(known)) return known.map((item, index) => canonicalDeep(itemOf(place, String(index)), item));
  if (!isObject(known)) return known;
  const entries = Object.entries(known).map(([key, item]) => [key, canonicalDeep(keyOf(place, key), item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== null));
}

const units: Readonly<Record<string, number>> = { ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30, ti: 2 ** 40, '': 1 };

function memory(value: unknown): unknown {
  const match = typeof value === 'string' ? /^([0-9]+(?:\.[0-9]+)?)(ki|mi|gi|ti)?$/i.exec(value.trim()) : null;
  const unit = units[match?.[2]?.toLowerCase() ?? ''];
  return match === null || unit === undefined ? value : Number(match[1]) * unit;
}

/** KEDA's names for the rules that Azure gives a field of their own. */
function scaleRule(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['custom'])) return value;
  const { custom, ...rest } = value;
  const { type, metadata, ...other } = custom;
  if (typeof type !== 'string') return value;
  const settings = isObject(metadata) ? metadata : {};
  if (type === 'http' || type === 'tcp') return { ...rest, [type]: { ...other, metadata: settings } };
  if (type !== 'azure-queue') return value;
  const { accountName, queueName, queueLength } = settings;
  return { ...rest, azureQueue: { ...other, accountName, queueName, queueLength: Number(queueLength) } };
}
