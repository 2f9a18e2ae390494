const maxLength = 200;

/** Whether a text can be a pattern: `*` within a segment, `**` for any number of segments, `?` for one character. */
export function isGlob(text: string): boolean {
  const segments = text.split('/');
  return (
    text.length <= maxLength &&
    /^[A-Za-z0-9._/*?-]+$/.test(text) &&
    segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..' && (segment === '**' || !segment.includes('**')))
  );
}

/** Never more than pattern times path steps: no regular expression is made from a pattern. */
export function globMatches(pattern: string, path: string): boolean {
  if (!isGlob(pattern) || path.length > 4096) return false;
  return wildcardMatches(pattern.split('/'), path.split('/'), '**', segmentMatches);
}

function segmentMatches(pattern: string, segment: string): boolean {
  return wildcardMatches([...pattern], [...segment], '*', (wanted, found) => wanted === '?' || wanted === found);
}

/** Matches two lists, in which `many` stands for any number of items; goes back to the last `many` only. */
function wildcardMatches(pattern: readonly string[], items: readonly string[], many: string, matches: (wanted: string, found: string) => boolean): boolean {
  let p = 0;
  let resume: { readonly p: number; i: number } | null = null;
  for (let i = 0; i < items.length; ) {
    const wanted = pattern[p];
    if (wanted === many) {
      p += 1;
      resume = { p, i };
    } else if (wanted !== undefined && matches(wanted, items[i] ?? '')) {
      p += 1;
      i += 1;
    } else if (resume !== null) {
      resume.i += 1;
      [p, i] = [resume.p, resume.i];
    } else return false;
  }
  while (pattern[p] === many) p += 1;
  return p === pattern.length;
}
