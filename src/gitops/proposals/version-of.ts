/** How people call an image: its tag, or the beginning of its digest. */
export function versionOf(image: string): string {
  const [named = '', digest] = image.split('@');
  const tag = named.slice(named.lastIndexOf('/') + 1).split(':')[1];
  return tag ?? digest?.replace('sha256:', '').slice(0, 12) ?? named;
}

/** The parts of a sentence about several: the first by name, the others by number. */
export function andMore([first, ...others]: readonly string[]): string {
  return others.length === 0 ? (first ?? '') : `${first ?? ''} and ${others.length} more`;
}
