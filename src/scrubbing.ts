import type { Secrets } from './config.ts';
import { knownSecrets, type KnownSecrets } from './kernel/scrubbing/known-secrets.ts';
import { scrubbing, type Scrubbing } from './kernel/scrubbing/scrubber.ts';

/** The scrubbing of one process, and the secrets that it knows: those of its settings, and each token as it is used. */
export interface ProcessScrubbing extends Scrubbing {
  readonly known: Pick<KnownSecrets, 'addPassing'>;
}

export function processScrubbing({ privateKey, webhookSecrets, redisUrl, sealKey }: Secrets): ProcessScrubbing {
  const known = knownSecrets();
  known.add(privateKey.reveal());
  for (const secret of webhookSecrets) known.add(secret.reveal());
  for (const password of passwordsIn(redisUrl.reveal())) known.add(password);
  known.addBytes(sealKey.reveal());
  return { ...scrubbing(known), known };
}

/** As it stands in the address, and as Redis gets it; none of what is no address. */
export function passwordsIn(url: string): readonly string[] {
  const password = URL.parse(url)?.password ?? '';
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
