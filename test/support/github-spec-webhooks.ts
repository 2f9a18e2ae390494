import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ajv } from 'ajv';
import { eventSchema } from './github-spec-document.ts';
import type { Violation } from './github-spec-exchange.ts';
import { distinct, faultOf, githubAjv, schemaFaults, type Fault } from './github-spec-schema.ts';

interface Definition {
  readonly oneOf?: readonly { readonly $ref: string }[];
}

let loaded: { readonly ajv: Ajv; readonly definitions: Readonly<Record<string, Definition>> } | null = null;

function schemas(): NonNullable<typeof loaded> {
  if (loaded) return loaded;
  const text = readFileSync(join(import.meta.dirname, '../../node_modules/@octokit/webhooks-schemas/schema.json'), 'utf8');
  // Its alternatives are one per event; each definition of an event is asked by its own name.
  const document = JSON.parse(text) as { readonly definitions: Readonly<Record<string, Definition>> };
  const ajv = githubAjv();
  ajv.addSchema({ definitions: document.definitions }, 'webhooks');
  loaded = { ajv, definitions: document.definitions };
  return loaded;
}

/**
 * Everything in which the payload is not as it is described: by Octokit's schemas, which were made from real payloads and forbid every
 * other field, and by GitHub's own description, which is younger.
 */
export function webhookViolations(delivery: { readonly event: string; readonly action: string | null; readonly body: unknown }): readonly Violation[] {
  const call = eventName(delivery);
  return distinct([...octokitFaults(delivery), ...describedFaults(delivery)]).map((fault) => ({ call, operation: call, status: null, ...fault }));
}

type Delivery = Parameters<typeof webhookViolations>[0];

/** `check_run created`, or `push`. */
export function eventName({ event, action }: Pick<Delivery, 'event' | 'action'>): string {
  return action === null ? event : `${event} ${action}`;
}

/** By `@octokit/webhooks-schemas` alone. */
export function octokitFaults({ event, action, body }: Delivery): readonly Fault[] {
  const { ajv, definitions } = schemas();
  const name = `${event}$${action ?? 'event'}`;
  if (!Object.hasOwn(definitions, name)) return [{ at: '', what: 'is no event that the schemas know' }];
  const validate = ajv.getSchema(`webhooks#/definitions/${encodeURIComponent(name)}`);
  if (!validate) throw new Error(`no schema was made of ${name}`);
  return validate(body) === true ? [] : distinct((validate.errors ?? []).map(faultOf));
}

function describedFaults({ event, action, body }: Delivery): readonly Fault[] {
  const schema = eventSchema(event, action);
  return schema ? schemaFaults(schema, body) : [{ at: '', what: 'is no event that GitHub describes' }];
}
