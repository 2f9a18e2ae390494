import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { mayBeSecret } from '../reading/inline-secret.ts';
import { listOf } from './live-fields.ts';

/** `template.scale` in the words of a ScalingPolicy: the way back of `compile/scale.ts`. */
export interface LiveScale {
  readonly replicas: { readonly min: number; readonly max: number };
  readonly rules: readonly JsonObject[];
  readonly cooldown?: string;
  /** Names of rules that a policy has no words for, or whose settings may be secret. */
  readonly leftOut: readonly string[];
}

/** What Azure fills in. */
const usual = { min: 0, max: 10, cooldown: 300 };

export function liveScale(body: JsonObject): LiveScale {
  const scale = fieldsOf(fieldsOf(fieldsOf(body['properties'])['template'])['scale']);
  const rules = listOf(scale['rules']).map((rule) => ({ name: String(rule['name'] ?? ''), rule: ruleOf(rule) }));
  const cooldown = numberOr(scale['cooldownPeriod'], usual.cooldown);
  return {
    replicas: { min: numberOr(scale['minReplicas'], usual.min), max: numberOr(scale['maxReplicas'], usual.max) },
    rules: rules.flatMap(({ rule }) => (rule === null ? [] : [rule])),
    ...(cooldown !== usual.cooldown && { cooldown: `${cooldown}s` }),
    leftOut: rules.flatMap(({ name, rule }) => (rule === null ? [name] : [])),
  };
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function ruleOf({ name, ...triggers }: JsonObject): JsonObject | null {
  const used = Object.entries(triggers).filter(([, trigger]) => Object.keys(fieldsOf(trigger)).length > 0);
  const [[kind, trigger] = ['', {}], ...others] = used;
  if (others.length > 0 || typeof name !== 'string') return null;
  const { metadata, auth, identity, type, ...more } = fieldsOf(trigger);
  if (listOf(auth).length > 0 || (typeof identity === 'string' && identity !== '')) return null;
  if (kind === 'azureQueue') return custom(name, 'azure-queue', { ...more, ...(more['queueLength'] !== undefined && { queueLength: String(more['queueLength']) }) });
  if (Object.keys(more).length > 0) return null;
  const settings = fieldsOf(metadata);
  return requests(name, kind, settings) ?? (kind === 'custom' && typeof type === 'string' ? (known(name, type, settings) ?? custom(name, type, settings)) : null);
}

function requests(name: string, kind: string, settings: JsonObject): JsonObject | null {
  const field = kind === 'http' ? 'concurrentRequests' : kind === 'tcp' ? 'concurrentConnections' : null;
  const count = field === null ? null : wholeNumber(settings, field);
  return field === null || count === null ? null : { name, [kind]: { [field]: count } };
}

/** Settings that are one whole number and nothing else. */
function wholeNumber(settings: JsonObject, field: string): number | null {
  const count = Number(settings[field]);
  return Object.keys(settings).length === 1 && Number.isInteger(count) && count > 0 && String(count) === String(settings[field]) ? count : null;
}

function known(name: string, type: string, settings: JsonObject): JsonObject | null {
  if (type === 'cron') return cron(name, settings);
  const { type: unit, ...value } = settings;
  const utilization = wholeNumber(value, 'value');
  return (type === 'cpu' || type === 'memory') && unit === 'Utilization' && utilization !== null ? { name, [type]: { utilization } } : null;
}

function cron(name: string, { timezone, start, end, desiredReplicas, ...more }: JsonObject): JsonObject | null {
  const replicas = Number(desiredReplicas);
  const isSaid = [timezone, start, end].every((one) => typeof one === 'string') && Number.isInteger(replicas) && Object.keys(more).length === 0;
  return isSaid ? { name, cron: { timezone, start, end, replicas } } : null;
}

function custom(name: string, type: string, settings: JsonObject): JsonObject | null {
  const entries = Object.entries(settings).filter(([, value]) => value !== null && value !== '');
  const isPlain = entries.every(([key, value]) => ['string', 'number', 'boolean'].includes(typeof value) && !mayBeSecret(String(value), key));
  return isPlain ? { name, custom: { type, metadata: Object.fromEntries(entries.map(([key, value]) => [key, String(value)])) } } : null;
}
