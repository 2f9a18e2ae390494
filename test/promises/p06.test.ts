import { provesShort } from '../support/proves-short.ts';
import { p06 } from './p06-one-bad-input.ts';

provesShort(p06);
