import { provesShort } from '../support/proves-short.ts';
import { p03 } from './p03-latest-wins.ts';
import { p04 } from './p04-crash.ts';
import { p13 } from './p13-drain.ts';
import { p14 } from './p14-explained.ts';

/** One run of one fleet, made by the first and judged by each. */
const withinMs = 300_000;

provesShort(p03, withinMs);
provesShort(p04, withinMs);
provesShort(p13, withinMs);
provesShort(p14, withinMs);
