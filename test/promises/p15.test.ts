import { provesShort } from '../support/proves-short.ts';
import { p15 } from './p15-zero-is-never-green.ts';

provesShort(p15);
