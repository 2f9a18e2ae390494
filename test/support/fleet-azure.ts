import { isSameJson } from '../../src/kernel/same-json.ts';
import type { AzureExchange } from '../../src/local/azure/http/observation.ts';

/** A write of Azure as the service answered it, by what it was for and what it came to. */
export interface SeenWrite {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Name of the repository, which the resource group carries. */
  readonly shop: string;
  /** Operation and what it changes, unmistakable within the environment: `template of generation 7`, `deactivate web--t0123456789`. */
  readonly step: string;
  /** Of the tags that the write carries; null where it carries none. */
  readonly generation: number | null;
  readonly commit: string | null;
  /** That its template makes; null where it has none. */
  readonly revision: string | null;
  /** That it gives all traffic to, alone; null where it does not. */
  readonly serves: string | null;
  /** `same`: accepted, and what was asked for was so already. */
  readonly effect: 'changed' | 'same' | 'refused';
  readonly exchange: Pick<AzureExchange, 'method' | 'url' | 'requestHeaders' | 'requestBody' | 'status' | 'responseHeaders'>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Follows what each resource was asked to be (RFC 7396), so that a repeated write that leaves everything as it was can be told from one
 * that changes something: Azure answers both alike.
 */
export function azureLedger(now: () => number = Date.now) {
  const wanted = new Map<string, Json>();
  const ended = new Set<string>();
  const writes: SeenWrite[] = [];

  function effectOf(method: string, id: string, body: unknown): SeenWrite['effect'] {
    const revision = /^(.*\/revisions\/[^/]+)\/(deactivate|activate|restart)$/.exec(id);
    if (revision !== null) return endedOrNot(revision[1] ?? '', revision[2] ?? '');
    const before = wanted.get(id);
    const after = method === 'DELETE' ? undefined : method === 'PATCH' ? merged(before ?? {}, body) : objectOf(body);
    if (after === undefined) wanted.delete(id);
    else wanted.set(id, after);
    return before !== undefined && after !== undefined && isSameJson(before, after) ? 'same' : 'changed';
  }

  function endedOrNot(revision: string, action: string): SeenWrite['effect'] {
    if (action === 'restart') return 'changed';
    const isEnded = ended.has(revision);
    if (action === 'deactivate') ended.add(revision);
    else ended.delete(revision);
    return isEnded === (action === 'deactivate') ? 'same' : 'changed';
  }

  return {
    writes,
    observe(exchange: AzureExchange): void {
      const { method, url, requestBody, requestHeaders, status, responseHeaders } = exchange;
      if (method === 'GET' || method === 'HEAD') return;
      const { hostname, pathname } = new URL(url);
      const shop = shopIn(pathname);
      if (hostname !== 'management.azure.com' || shop === null) return;
      const effect = status < 300 ? effectOf(method, pathname.toLowerCase(), requestBody) : 'refused';
      const generation = generationIn(requestBody);
      const app = pathname.split('/').at(-1) ?? '';
      writes.push({ at: now(), shop, step: stepOf(method, pathname, requestBody, generation), generation, commit: textOrNull(objectOf(objectOf(requestBody)['tags'])['trueup-commit']), revision: revisionIn(app, requestBody), serves: servesOf(requestBody), effect, exchange: { method, url, requestHeaders, requestBody, status, responseHeaders } });
    },
  };
}

export type AzureLedger = ReturnType<typeof azureLedger>;

/** By its resource group or its vault, which have the repository's name behind `rg-` and `kv-`. */
function shopIn(path: string): string | null {
  return /\/vaults\/kv-([^/]+)/i.exec(path)?.[1] ?? /\/resourceGroups\/rg-([^/]+)/i.exec(path)?.[1] ?? null;
}

function generationIn(body: unknown): number | null {
  const generation = Number(objectOf(objectOf(body)['tags'])['trueup-generation']);
  return Number.isSafeInteger(generation) && generation > 0 ? generation : null;
}

function stepOf(method: string, path: string, body: unknown, generation: number | null): string {
  const parts = path.split('/');
  const revisions = parts.findIndex((part) => part.toLowerCase() === 'revisions');
  if (revisions > 0) return `${parts.at(-1)} ${parts[revisions + 1]}`;
  if (!/\/containerApps\/[^/]+$/i.test(path)) return `${method} ${parts.slice(-2).join('/')}`;
  if (generation !== null) return `template of generation ${generation}`;
  return trafficOf(body) ?? `${method} app ${JSON.stringify(body)}`;
}

/** `traffic web--t1:90 web--t2:10`; null for a write that says nothing of it. A template's name is in its revision's. */
function trafficOf(body: unknown): string | null {
  const traffic = objectOf(objectOf(objectOf(objectOf(body)['properties'])['configuration'])['ingress'])['traffic'];
  if (!Array.isArray(traffic)) return null;
  return `traffic ${traffic.map((one: unknown) => `${String(objectOf(one)['revisionName'])}:${String(objectOf(one)['weight'] ?? 0)}`).toSorted().join(' ')}`;
}

/** The revision that a write of nothing but traffic gives all of it to. */
function servesOf(body: unknown): string | null {
  const to = /^traffic (?:\S+:0 )*(\S+):100(?: \S+:0)*$/.exec(trafficOf(body) ?? '')?.[1];
  return to ?? null;
}

function revisionIn(app: string, body: unknown): string | null {
  const suffix = textOrNull(objectOf(objectOf(objectOf(body)['properties'])['template'])['revisionSuffix']);
  return suffix === null ? null : `${app}--${suffix}`;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What is no object has no fields. */
function objectOf(value: unknown): Json {
  // Its keys are looked up only as unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** RFC 7396. */
function merged(target: Json, patch: unknown): Json {
  const result: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(objectOf(patch))) {
    if (value === null) delete result[name];
    else result[name] = typeof value === 'object' && !Array.isArray(value) ? merged(objectOf(result[name]), value) : value;
  }
  return result;
}
