import { provesShort } from '../support/proves-short.ts';
import { p01 } from './p01-acknowledged.ts';

provesShort(p01);
