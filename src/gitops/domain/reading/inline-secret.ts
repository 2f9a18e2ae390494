import { secretShapeIn } from '../../../kernel/scrubbing/secret-shapes.ts';
import { fault, type Fault, type Path } from './fault.ts';

const secretLikeKey = /pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|signature|conn(?:ection)?[-_]?str/i;

/** Keys of the language that hold names or versions, not values. */
const namesOnly = new Set(['secret', 'secrets', 'version', 'vault', 'identity', 'image', 'name', 'secretRef', 'passwordSecretRef', 'keyVaultUrl']);

/** What kind of secret a text looks like, or null. */
export function secretIn(text: string, key: string): string | null {
  const direct = secretShapeIn(text) ?? patternInDecoded(text);
  if (direct !== null) return direct;
  return secretLikeKey.test(key) && !namesOnly.has(key) && isRandom(text) ? 'a secret: its key says so and it is random' : null;
}

/** Words that stand by themselves in a key: `STORAGE_KEY`, `X-Auth`, `storageKey`; not `monkey` and `author`. */
const secretWord = /(?:^|[^a-z])(?:key|auth|authorization|bearer|cookie|cert|dsn|sas|salt|jwt|hmac|pin)(?![a-z])|pwd/i;
const secretWordInside = /[a-z](?:Key|Auth|Cookie|Cert|Salt|Pin)(?![a-z])/;

/** `--token=abc`, `Authorization: Bearer abc`, `?api_key=abc`: a word for a secret, and something behind it. */
const secretSaid = /(?:pass(?:word|wd|phrase)?|secret|token|credential|authorization|bearer|signature|pwd|\bkey|[-_]key)["']?(?:\s*[=:]\s*|\s+)\S/i;

/**
 * Whether a text that nobody has put into Git yet may be a secret: also where its key or its own words say so, or where only a machine
 * writes such a text. What only names one may be written.
 */
export function mayBeSecret(text: string, key: string): boolean {
  if (secretIn(text, key) !== null) return true;
  if (text === '' || namesOnly.has(key)) return false;
  return secretLikeKey.test(key) || secretWord.test(key) || secretWordInside.test(key) || secretSaid.test(text) || (text.length >= 20 && ((!text.startsWith('/') && isRandom(text)) || isJumbled(text)));
}

/** The name of a variable is a text that comes into Git, too. */
export function mayBeSecretVariable(name: string, value: string): boolean {
  return mayBeSecret(value, name) || secretIn(name, '') !== null;
}

/** A text in a list has no key: the text before it may be one, as in `--password`, `abc`. */
export function mayHoldSecret(texts: readonly unknown[], key: string): boolean {
  return texts.some((text, index) => typeof text === 'string' && (mayBeSecret(text, key) || (index > 0 && mayBeSecret(text, String(texts[index - 1])))));
}

/** Base64 of a secret is that secret. */
function patternInDecoded(text: string): string | null {
  const compact = text.replaceAll(/\s/g, '');
  if (compact.length < 16 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return null;
  const what = secretShapeIn(decoded(compact));
  return what === null ? null : `${what} in base64`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decoded(base64: string): string {
  const sextets = [...base64.replaceAll('=', '').replaceAll('-', '+').replaceAll('_', '/')].map((letter) => alphabet.indexOf(letter));
  const bytes: number[] = [];
  for (let index = 0; index + 1 < sextets.length; index += 1) {
    const [a = 0, b = 0] = [sextets[index], sextets[index + 1]];
    const phase = index % 4;
    if (phase === 0) bytes.push(((a << 2) | (b >> 4)) & 255);
    if (phase === 1) bytes.push(((a << 4) | (b >> 2)) & 255);
    if (phase === 2) bytes.push(((a << 6) | b) & 255);
  }
  return bytes.map((byte) => String.fromCodePoint(byte)).join('');
}

/** Long enough, of the letters of base64 or hexadecimal, and mixed as only generated values are. */
function isRandom(text: string): boolean {
  if (/^[0-9a-f]{24,}$/i.test(text)) return true;
  if (!/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(text)) return false;
  return /[0-9]/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && new Set(text).size >= 10;
}

/** Letters of both cases, digits and signs that change more often than not, as in generated passwords; in addresses, JSON and names they come in rows. */
function isJumbled(written: string): boolean {
  // Ids are jumbled, and no secrets.
  const text = written.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '');
  if (text.length < 20 || /\s/.test(text) || !/[0-9]/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  const kinds = [...text].map((letter) => (/[a-z]/.test(letter) ? 'a' : /[A-Z]/.test(letter) ? 'A' : /[0-9]/.test(letter) ? '0' : '.'));
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return changes >= text.length / 2;
}

/** Every text of a document that must not be in Git. The faults do not repeat it. */
export function inlineSecrets(value: unknown, path: Path = []): readonly Fault[] {
  if (typeof value === 'string') {
    const key = path.findLast((part) => typeof part === 'string') ?? '';
    const what = secretIn(value, String(key));
    return what === null ? [] : [secretFault(what, path, 'value')];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => inlineSecrets(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inKey = secretShapeIn(key);
    return inKey === null ? inlineSecrets(item, [...path, key]) : [secretFault(inKey, path, 'key')];
  });
}

function secretFault(what: string, path: Path, at: Fault['at']): Fault {
  return fault({
    code: 'inline-secret',
    path,
    at,
    message: `This looks like ${what}`,
    expected: 'no secret in Git',
    hint: 'Everybody who can read the repository has it: rotate it now, put the new one into Key Vault and name it in a SecretBinding',
  });
}
