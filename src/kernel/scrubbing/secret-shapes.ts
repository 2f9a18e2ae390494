interface SecretShape {
  /** `a private key`, as a sentence goes on. */
  readonly what: string;
  /** Global. What a group named `before` holds is no secret and stays. */
  readonly pattern: RegExp;
}

/**
 * Texts that are secrets by their look: the manifests' check and the scrubber go by this one table. Each pattern is linear: no
 * repetition inside a repetition, and no second start inside the run of a first one. They begin with a literal where they can, and look
 * back from there, because an engine finds literals fast. None reaches over a quote, so that JSON stays JSON. A line end may be
 * written as `\n`, whose letter is no part of the word behind it.
 */
export const secretShapes: readonly SecretShape[] = [
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?:[A-Za-z0-9+/=\s%:,]|\\[nr]|-(?!-))*(?:-----(?:(?:\\[nr]|\s){0,4}[A-Za-z0-9+/=](?:[A-Za-z0-9+/=\s]|\\[nr])*)?(?:-----END [A-Z ]{0,40}-----)?)?/g },
  { what: 'a GitHub token', pattern: /gh[opsur]_(?:(?<!\w.{4})|(?<=\\[nrt].{4}))[A-Za-z0-9_]{16,}(?:\.[A-Za-z0-9_-]{8,}){0,2}|github_pat_[A-Za-z0-9_]{20,}/g },
  { what: 'an Azure SAS signature', pattern: /(?<before>(?:[?&;]|%26|u0026)sig(?:=|%3D))[A-Za-z0-9%+/_-]{20,}={0,2}|SharedAccessSignature\s{0,8}=?\s{0,8}[^\s"']{10,}/gi },
  { what: 'a connection string', pattern: /(?<before>\b(?:AccountKey|SharedAccessKey|Password|Pwd)\s{0,8}=\s{0,8}(?:\\?["'])?)[^;\s"\\]{6,}/gi },
  { what: 'a URL with a password', pattern: /(?<before>:\/\/(?<=[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@"<>]{0,100}:)[^\s/@"<>]{3,200}(?=@)/gi },
  { what: 'a JSON web token', pattern: /eyJ(?:(?<![A-Za-z0-9_-]eyJ)|(?<=\\[nrt]eyJ))[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  { what: 'an access key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{35}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk_live_[A-Za-z0-9]{16,}/g },
  { what: 'an Entra client secret', pattern: /8Q~(?<=(?:^|[^A-Za-z0-9])[A-Za-z0-9_~.-]{3}8Q~)[A-Za-z0-9_~.-]{31,}/g },
  { what: 'an authorization header', pattern: /(?<before>\b(?:Bearer|Basic)\s{1,4})(?=[^\s"']{0,100}[0-9])[A-Za-z0-9._~+/-]{16,}={0,2}/gi },
];

/** What kind of secret a text holds, or null. */
export function secretShapeIn(text: string): string | null {
  return secretShapes.find(({ pattern }) => text.search(pattern) !== -1)?.what ?? null;
}
