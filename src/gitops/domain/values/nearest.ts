/** A hint for who made a typing error; null when nothing is near. */
export function didYouMean(text: string, candidates: Iterable<string>): string | null {
  const near = nearest(text, candidates);
  return near === null ? null : `Did you mean \`${near}\`?`;
}

/** The candidate that a typing error leads to, or null when none is near. */
export function nearest(text: string, candidates: Iterable<string>): string | null {
  const word = text.slice(0, 64).toLowerCase();
  const allowed = Math.min(3, Math.max(1, Math.floor(word.length / 4)));
  let best: string | null = null;
  let least = allowed + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > allowed) continue;
    const distance = editDistance(word, candidate.toLowerCase(), least - 1);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best ?? longerOrShorter(word, candidates);
}

/** `pooled` for `pool`, `env` for `environment`. */
function longerOrShorter(word: string, candidates: Iterable<string>): string | null {
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const [short, long] = known.length < word.length ? [known, word] : [word, known];
    if (short.length >= 3 && long.startsWith(short)) return candidate;
  }
  return null;
}

/** Letters inserted, left out, replaced or swapped with their neighbour; any number above `limit` when they are more than that. */
function editDistance(a: string, b: string, limit: number): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  let leastBefore = 0;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const at = (r: number, c: number): number => rows[r]?.[c] ?? Number.POSITIVE_INFINITY;
      const steps = [at(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(i - 1, j - 1) + (same ? 0 : 1)];
      const distance = Math.min(...steps, swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY);
      row.push(distance);
      least = Math.min(least, distance);
    }
    // A swap leads from the row before the last.
    if (least > limit && leastBefore > limit) return limit + 1;
    leastBefore = least;
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
