import { provesShort } from '../support/proves-short.ts';
import { p02 } from './p02-missed-webhooks.ts';

provesShort(p02);
