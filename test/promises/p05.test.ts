import { provesShort } from '../support/proves-short.ts';
import { p05 } from './p05-any-step.ts';

provesShort(p05, 240_000);
