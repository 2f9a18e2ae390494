import { provesShort } from '../support/proves-short.ts';
import { p08 } from './p08-tenants-apart.ts';

provesShort(p08);
