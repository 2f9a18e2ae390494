import { provesShort } from '../support/proves-short.ts';
import { p11 } from './p11-abuse.ts';

provesShort(p11);
