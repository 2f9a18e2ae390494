import { written, type Refusal } from './written.ts';

const host = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$/;
const component = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;
const tagShape = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestShape = /^sha256:[0-9a-f]{64}$/;

const expected = 'a pinned image, such as contoso.azurecr.io/checkout:1.4.2 or contoso.azurecr.io/checkout@sha256:<64 hexadecimal digits>';

/** Null when the reference is pinned and well-formed. */
export function imageRefusal(text: string): Refusal | null {
  const [named = '', digest = null, ...more] = text.split('@');
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const path = colon === -1 ? named : named.slice(0, colon);
  const tag = colon === -1 ? null : named.slice(colon + 1);
  if (text.length > 400 || more.length > 0 || !isPath(path)) return malformed(path);
  return partRefusal(tag, digest) ?? (digest === null ? tagRefusal(tag) : null);
}

function malformed(path: string): Refusal {
  const lower = path.toLowerCase();
  const isCase = lower !== path && isPath(lower);
  return { code: 'invalid-image', message: 'This is not an image reference', expected, ...(isCase && { hint: 'The name of an image is in lower case' }) };
}

function partRefusal(tag: string | null, digest: string | null): Refusal | null {
  if (digest !== null && !digestShape.test(digest)) return { code: 'invalid-image', message: 'The digest of the image is not well-formed', expected };
  if (tag !== null && !tagShape.test(tag)) return { code: 'invalid-image', message: 'The tag of the image is not well-formed', expected };
  return null;
}

function tagRefusal(tag: string | null): Refusal | null {
  if (tag !== null && tag !== 'latest') return null;
  const message = tag === null ? 'The image has no tag' : '`latest` is another image every day';
  return { code: 'image-not-pinned', message, expected, hint: 'Name the version, best by its digest' };
}

function isPath(path: string): boolean {
  const parts = path.split('/');
  const [first = ''] = parts;
  const hasHost = parts.length > 1 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const names = hasHost ? parts.slice(1) : parts;
  return (!hasHost || (host.test(first) && !first.includes('..'))) && names.every((name) => component.test(name));
}

export const image = written({ description: 'Image with a pinned tag or a digest.', examples: ['contoso.azurecr.io/checkout:1.4.2'] }, (text, refuse) => {
  const refusal = imageRefusal(text);
  return refusal === null ? text : refuse(refusal);
});

/** The Azure Container Registry that the image comes from; null for any other. */
export function azureRegistry(reference: string): string | null {
  const [first = ''] = reference.split('/');
  return first.endsWith('.azurecr.io') ? first : null;
}
