import { provesShort } from '../support/proves-short.ts';
import { p09 } from './p09-secrets-stay-inside.ts';

provesShort(p09);
