const forbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)/u;

/** The rules of `git check-ref-format`, and no leading dash: what passes cannot be an option or an expression. */
export function isRefName(name: string): boolean {
  if (name.length === 0 || name.length > 250 || name === '@') return false;
  return !forbidden.test(name) && !/^[-./]|[./]$/.test(name);
}

export function isFullSha(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Old or new side of a ref that does not exist. */
export const noCommit = '0'.repeat(40);
