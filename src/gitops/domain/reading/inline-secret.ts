import { fault, type Fault, type Path } from './fault.ts';

interface Pattern {
  readonly what: string;
  readonly pattern: RegExp;
}

/** Texts that are secrets by their look. Each pattern is linear: no repetition inside a repetition. */
const patterns: readonly Pattern[] = [
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/ },
  { what: 'a GitHub token', pattern: /\b(?:gh[opsur]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})/ },
  { what: 'an Azure SAS signature', pattern: /[?&;]sig=[A-Za-z0-9%+/_-]{20,}|SharedAccessSignature\s*=?\s*\S{10,}/i },
  { what: 'a connection string', pattern: /\b(?:AccountKey|SharedAccessKey|Password|Pwd)\s*=\s*[^;\s]{6,}/i },
  { what: 'a URL with a password', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,100}:[^\s/@]{3,200}@/i },
  { what: 'a JSON web token', pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/ },
  { what: 'an access key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{35}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk_live_[A-Za-z0-9]{16,}/ },
  { what: 'an Entra client secret', pattern: /(?:^|[^A-Za-z0-9])[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,}/ },
];

const secretLikeKey = /pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|signature|conn(?:ection)?[-_]?str/i;

/** Keys of the language that hold names or versions, not values. */
const namesOnly = new Set(['secret', 'secrets', 'version', 'vault', 'identity', 'image', 'name', 'secretRef', 'passwordSecretRef', 'keyVaultUrl']);

/** What kind of secret a text looks like, or null. */
export function secretIn(text: string, key: string): string | null {
  const direct = patternIn(text) ?? patternInDecoded(text);
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
  return secretLikeKey.test(key) || secretWord.test(key) || secretWordInside.test(key) || secretSaid.test(text) || (text.length >= 20 && !text.startsWith('/') && isRandom(text));
}

/** The name of a variable is a text that comes into Git, too. */
export function mayBeSecretVariable(name: string, value: string): boolean {
  return mayBeSecret(value, name) || secretIn(name, '') !== null;
}

/** A text in a list has no key: the text before it may be one, as in `--password`, `abc`. */
export function mayHoldSecret(texts: readonly unknown[], key: string): boolean {
  return texts.some((text, index) => typeof text === 'string' && (mayBeSecret(text, key) || (index > 0 && mayBeSecret(text, String(texts[index - 1])))));
}

function patternIn(text: string): string | null {
  return patterns.find(({ pattern }) => pattern.test(text))?.what ?? null;
}

/** Base64 of a secret is that secret. */
function patternInDecoded(text: string): string | null {
  const compact = text.replaceAll(/\s/g, '');
  if (compact.length < 16 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return null;
  const what = patternIn(decoded(compact));
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
    const inKey = patternIn(key);
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
