import type { Interaction } from '../../support/azure-recordings.ts';
import type { Bindings } from './bindings.ts';
import { withParts } from './masking.ts';

/** Addresses of operations by the recorded path, as a client would have kept them from the answers. */
export type Addresses = ReadonlyMap<string, string>;

export interface RewrittenRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

/** The recorded request with what the local Azure has answered so far in place of what was recorded. */
export function rewritten({ method, url, body }: Interaction['request'], bindings: Bindings, addresses: Addresses, standIns: readonly { readonly recorded: string; readonly local: string }[]): RewrittenRequest {
  const local = (text: string) => withParts(text, (part) => (part.kind === 'time' ? null : bindings.localOf(part)));
  const known = addresses.get(pathOf(url));
  const text = standIns.reduce((before, one) => before.replaceAll(one.recorded, one.local), local(JSON.stringify(body ?? null)));
  return { method, url: known ?? local(url), body: JSON.parse(text) as unknown };
}

export function pathOf(url: string): string {
  return new URL(url).pathname.toLowerCase();
}
