import { createHash } from 'node:crypto';

/** Names that look random and are the same for the same seed, so that a run can be repeated. */
export function hex(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length);
}

export function guid(seed: string): string {
  const digits = hex(seed, 32);
  return [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Letters and digits that spell no word, starting with a letter. */
export function random(seed: string, length: number): string {
  const bytes = createHash('sha256').update(seed).digest();
  const characters = Array.from(bytes.subarray(0, length), (byte, index) => alphabet[byte % (index === 0 ? 20 : alphabet.length)]);
  return characters.join('');
}

const firsts = ['ashy', 'blue', 'gentle', 'happy', 'kind', 'lively', 'mango', 'polite', 'red', 'salmon', 'victorious', 'witty'];
const lasts = ['bay', 'beach', 'coast', 'field', 'glacier', 'grass', 'hill', 'meadow', 'pond', 'river', 'sea', 'water'];

/** `<word>-<hex>`, the unique part of an environment's domain. */
export function domainLabel(seed: string): string {
  const bytes = createHash('sha256').update(seed).digest();
  const word = `${firsts[(bytes[0] ?? 0) % firsts.length]}${lasts[(bytes[1] ?? 0) % lasts.length]}`;
  return `${word}-${hex(`${seed}/domain`, 8)}`;
}

/** An address of the range that is kept for documentation. */
export function documentationAddress(seed: string): string {
  return `203.0.113.${1 + (Number.parseInt(hex(seed, 4), 16) % 250)}`;
}

const documentationNetworks = ['192.0.2', '198.51.100', '203.0.113'];

/** 150 addresses of the ranges for documentation. With each `turn` the first of them is gone and another one there. */
export function outboundAddresses(seed: string, turn: number): readonly string[] {
  const start = Number.parseInt(hex(`${seed}/outbound`, 6), 16) + turn;
  return Array.from({ length: 150 }, (_, index) => {
    const place = (start + index) % (documentationNetworks.length * 254);
    return `${documentationNetworks[Math.floor(place / 254)]}.${1 + (place % 254)}`;
  });
}
