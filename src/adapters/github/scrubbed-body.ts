import { Rejected } from '../../kernel/errors.ts';
import type { Scrubber } from '../../kernel/scrubbing/scrubber.ts';

/** What goes into Git goes there whole or not at all: half a file would be reviewed, merged and deployed. */
const filesOfGit = /\/git\/(?:trees|blobs)$|\/contents\//;

/**
 * What Trueup sends to GitHub, without secrets. A file that holds one is refused.
 * @throws {Rejected}
 */
export function scrubbedBody(url: URL, body: string, scrubber: Pick<Scrubber, 'jsonText' | 'holds'>): string {
  if (!filesOfGit.test(url.pathname)) return scrubber.jsonText(body);
  const files: unknown = JSON.parse(body);
  if (scrubber.holds(files)) throw new Rejected('a file with a secret in it would have been written to Git', { code: 'SecretRefused' });
  return body;
}
