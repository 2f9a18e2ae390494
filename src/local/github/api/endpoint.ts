import type * as z from 'zod';
import { HttpProblem, invalidRequest } from '../problem.ts';
import type { Account, Actor, Repository, World } from '../world.ts';
import type { Needs } from '../auth/permissions.ts';

export interface Call {
  readonly world: World;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; an empty object for an empty body. */
  readonly body: unknown;
  readonly accept: string;
  /** Of the API, without query: what Link headers point at. */
  readonly url: string;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
  /** The person, or the App's bot. */
  readonly sender: Account;
  readonly viaApp: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of JSON. */
  readonly bytes?: { readonly content: Uint8Array; readonly type: string };
  readonly headers?: Readonly<Record<string, string>>;
}

type Handler<C> = (call: C) => Promise<Answer> | Answer;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call: `app` a JWT of the App, `installation` its token, `user` a person's, `anyone` every good token. */
export type Endpoint =
  | { readonly method: Method; readonly path: string; readonly for: 'app' | 'installation' | 'user' | 'anyone'; readonly handle: Handler<Call> }
  | { readonly method: Method; readonly path: string; readonly for: 'repository'; readonly needs: Needs; readonly handle: Handler<RepositoryCall> };

/** `path` continues `/repos/:owner/:repo`. */
export function onRepository(method: Method, path: string, needs: Needs, handle: Handler<RepositoryCall>): Endpoint {
  return { method, path: `/repos/:owner/:repo${path}`, for: 'repository', needs, handle };
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

/** @throws 422 that names every wrong field. */
export function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalidRequest(...result.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${message} (${path.join('.')})`)));
}

export function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

export function numberParam(call: Call, name: string): number {
  return Number(param(call, name));
}

interface Slice<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

/** One page of a list, with GitHub's Link header. */
export function page<T>(call: Call, all: readonly T[], defaults: { readonly perPage?: number; readonly max?: number } = {}): Slice<T> {
  const perPage = within(call.query.get('per_page'), defaults.perPage ?? 30, defaults.max ?? 100);
  const number = within(call.query.get('page'), 1, Number.MAX_SAFE_INTEGER);
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const links = [
    ...(number > 1 ? [link(call, number - 1, 'prev')] : []),
    ...(number < last ? [link(call, number + 1, 'next'), link(call, last, 'last')] : []),
    ...(number > 1 ? [link(call, 1, 'first')] : []),
  ];
  return { items: all.slice((number - 1) * perPage, number * perPage), headers: links.length > 0 ? { link: links.join(', ') } : {} };
}

function within(text: string | null, fallback: number, max: number): number {
  const number = Number(text ?? fallback);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, max) : fallback;
}

function link(call: Call, number: number, rel: string): string {
  const query = new URLSearchParams(call.query);
  query.set('page', String(number));
  return `<${call.url}?${query}>; rel="${rel}"`;
}

/** Passed over in silence they would make a wrong answer. @throws 501 */
export function refuseUnmodelled({ query }: Call, names: readonly string[]): void {
  const asked = names.find((name) => query.has(name));
  if (asked !== undefined) throw new HttpProblem(501, `Not modelled by the local GitHub: the parameter ${asked}`);
}

/** A page as a bare array. */
export async function pageOf<T>(call: Call, all: readonly T[], render: (item: T) => unknown): Promise<Answer> {
  const { items, headers } = page(call, all);
  return { status: 200, body: await Promise.all(items.map(render)), headers };
}

/** A page inside an object with its total. */
export async function countedPageOf<T>(call: Call, name: string, all: readonly T[], render: (item: T) => unknown): Promise<Answer> {
  const { items, headers } = page(call, all);
  return { status: 200, body: { total_count: all.length, [name]: await Promise.all(items.map(render)) }, headers };
}
