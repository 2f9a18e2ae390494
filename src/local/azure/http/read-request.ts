import type { IncomingMessage } from 'node:http';
import { refused } from '../answers.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { hostName } from './hosts.ts';

/** What Azure Resource Manager takes, too. */
const maxBodyBytes = 4 * 1024 * 1024;

/** A request before anybody has said who sends it. */
export type ReadRequest = Omit<AzureRequest, 'principalId'>;

/** @returns the request, or the answer to one that cannot be read. */
export async function readRequest(incoming: IncomingMessage): Promise<{ readonly request: ReadRequest } | { readonly refusal: AzureAnswer }> {
  const address = addressOf(incoming);
  const segments = address && decodeSegments(address.path);
  if (!address || !segments) return { refusal: refused(400, 'InvalidRequestUri', 'The request address is not valid.') };
  const text = await readText(incoming);
  if (text === null) return { refusal: refused(413, 'RequestContentTooLarge', `The request content size exceeds the maximum size of '${maxBodyBytes}' bytes.`) };
  // A person who plays with the control sends JSON as a form (curl) or as text (fetch).
  const body = parseBody(text, segments[0] === 'local' ? '' : (incoming.headers['content-type'] ?? ''));
  if (body === undefined) return { refusal: refused(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.') };
  const { headers, method = 'GET' } = incoming;
  return { request: { method, host: hostName(headers.host), origin: `https://${headers.host ?? 'localhost'}`, ...address, segments, headers, body } };
}

/** SDKs send doubled slashes, trailing ones and percent-encoded query keys; the real front ends take them all (facts/azure.md B5, B6). */
export function addressOf({ url = '/' }: Pick<IncomingMessage, 'url'>): { readonly path: string; readonly query: ReadonlyMap<string, string> } | null {
  const [before = '', search = ''] = split(url, '?');
  const path = `/${before.split('/').filter(Boolean).join('/')}`;
  try {
    const query = new Map([...new URLSearchParams(search)].map(([key, value]) => [decodeURIComponent(key).toLowerCase(), value]));
    return { path, query };
  } catch {
    return null;
  }
}

export function isJson(contentType: string): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType);
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function decodeSegments(path: string): readonly string[] | null {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** Null when it is too large. */
async function readText(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to the end all the same, so that the client hears the answer.
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? null : Buffer.concat(chunks).toString('utf8');
}

/** Forms belong to the login host, other media to nobody: they stay as they are. Undefined for broken JSON. */
function parseBody(text: string, contentType: string): unknown {
  if (text.trim() === '') return null;
  if (contentType.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  if (contentType !== '' && !isJson(contentType)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
