/**
 * Every form in which a secret comes up in other texts: as it is, in base64 wherever it may lie in what was encoded, for URLs, in JSON
 * and in JSON within JSON, in HTML, in hexadecimal.
 */
export function formsOfText(text: string): ReadonlySet<string> {
  const inUrl = encodeURIComponent(text.toWellFormed());
  const inJson = JSON.stringify(text).slice(1, -1);
  return new Set([
    text,
    ...formsOfBytes(bytesIn(inUrl)),
    inUrl,
    inUrl.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    inHtml(text, '&#39;'),
    inHtml(text, '&#x27;'),
  ]);
}

/** Of a secret that is no text. */
export function formsOfBytes(bytes: readonly number[]): readonly string[] {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = [0, 1, 2].map((before) => insideBase64(bytes, before));
  return [...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')), hex, hex.toUpperCase()];
}

/** Of what `encodeURIComponent` wrote: the bytes of UTF-8. */
function bytesIn(inUrl: string): readonly number[] {
  return [...inUrl.matchAll(/%([0-9A-F]{2})|([^%])/g)].map(([, escaped, plain]) => (plain === undefined ? Number.parseInt(escaped ?? '', 16) : plain.charCodeAt(0)));
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The letters that these bytes alone decide, with so many others before them and any behind. */
function insideBase64(bytes: readonly number[], before: number): string {
  const bits = [...Array.from({ length: before }, () => 0), ...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const first = Math.ceil((before * 8) / 6);
  const letters = Math.floor(bits.length / 6);
  return Array.from({ length: Math.max(0, letters - first) }, (_, index) => alphabet[Number.parseInt(bits.slice((first + index) * 6, (first + index + 1) * 6), 2)] ?? '').join('');
}

function inHtml(text: string, apostrophe: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", apostrophe);
}
