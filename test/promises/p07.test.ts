import { provesShort } from '../support/proves-short.ts';
import { p07 } from './p07-outage.ts';

provesShort(p07, 300_000);
