import { provesShort } from '../support/proves-short.ts';
import { p12 } from './p12-quiet.ts';

provesShort(p12);
