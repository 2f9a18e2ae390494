import { p01 } from './p01-acknowledged.ts';
import { p02 } from './p02-missed-webhooks.ts';
import { p03 } from './p03-latest-wins.ts';
import { p04 } from './p04-crash.ts';
import { p05 } from './p05-any-step.ts';
import { p06 } from './p06-one-bad-input.ts';
import { p07 } from './p07-outage.ts';
import { p08 } from './p08-tenants-apart.ts';
import { p09 } from './p09-secrets-stay-inside.ts';
import { p11 } from './p11-abuse.ts';
import { p12 } from './p12-quiet.ts';
import { p13 } from './p13-drain.ts';
import { p14 } from './p14-explained.ts';
import { p15 } from './p15-zero-is-never-green.ts';
import type { PromiseProof } from './promise.ts';

/** In the order of the promises. P10, which is about running programs, and P16, which is about releases, have nothing here to be proved on. */
export const proofs: readonly PromiseProof[] = [p01, p02, p03, p04, p05, p06, p07, p08, p09, p11, p12, p13, p14, p15];
