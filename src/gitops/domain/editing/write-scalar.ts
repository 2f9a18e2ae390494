/** How a text stands in a file. */
export type Quoting = 'plain' | 'single' | 'double';

export type Scalar = string | number | boolean | null;

/** Words and numbers that are no text without quotes, also for those who read YAML 1.1. */
const otherwise = /^(?:true|false|null|yes|no|on|off|y|n)$|^[-+.]?[0-9]/i;
/** `1Gi`, `5m`: no number for anybody. */
const quantity = /^[0-9]+(?:\.[0-9]+)?(?:Ki|Mi|Gi|Ti|ms|s|m|h|d)$/;
/** Nothing in it means anything in YAML, inside braces either. */
const harmless = /^[A-Za-z_/][A-Za-z0-9_./@+-]*(?::[A-Za-z0-9_./@+-]+)*$/;
/** What a file must not hold as it is; `JSON.stringify` writes the other control characters out itself. */
const toEscape = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** A value as one line, in the wished quoting where that says the same text, and in double quotes otherwise. */
export function writeScalar(value: Scalar, quoting: Quoting): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (quoting === 'plain' && isPlain(value)) return value;
  if (quoting === 'single' && /^[^\p{Cc}\u2028\u2029\ufeff]*$/u.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replace(toEscape, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function isPlain(value: string): boolean {
  return quantity.test(value) || (harmless.test(value) && !otherwise.test(value));
}
