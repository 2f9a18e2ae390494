/** GitHub refuses a comment of more than 65,536 characters and a check's summary or text of more than 65,535. */
export const reportBudget = 58_000;

/**
 * As many parts, from the first on, as fit into the space; each costs its length and the line ends that join it. When some do not,
 * the last part is `more` of their number, for which the caller leaves room.
 */
export function fit(parts: readonly string[], space: number, more: (left: number) => string, join = 2): readonly string[] {
  let used = 0;
  let taken = 0;
  for (const part of parts) {
    if (used + part.length + join > space) break;
    used += part.length + join;
    taken += 1;
  }
  const left = parts.length - taken;
  return [...parts.slice(0, taken), ...(left === 0 ? [] : [more(left)])];
}
