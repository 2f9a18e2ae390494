import { createHash } from 'node:crypto';

/** One entry of a stream as it is stored. */
export interface Link {
  /** JSON, as it was hashed. */
  readonly text: string;
  /** Hash of the entry before; empty for the first of all. */
  readonly before: string;
  readonly hash: string;
}

export function linkAfter(before: string, text: string): Link {
  return { text, before, hash: hashOf(before, text) };
}

function hashOf(before: string, text: string): string {
  return createHash('sha256').update(before).update('\n').update(text).digest('hex');
}

/**
 * What was changed, left out or put in, one sentence each. `head` is the hash of the newest entry, kept beside the stream. The oldest
 * entry may follow one that the bound dropped.
 */
export function chainFaults(links: readonly Link[], head: string): readonly string[] {
  const faults: string[] = [];
  links.forEach(({ text, before, hash }, index) => {
    if (hashOf(before, text) !== hash) faults.push(`entry ${index + 1} of ${links.length} is not what was written`);
    const previous = links[index - 1];
    if (previous !== undefined && previous.hash !== before) faults.push(`entry ${index + 1} of ${links.length} does not follow the one before it`);
  });
  if ((links.at(-1)?.hash ?? '') !== head) faults.push('the newest entry is not the one that was written last');
  return faults;
}
