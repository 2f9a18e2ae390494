import { pino, type DestinationStream, type Logger } from 'pino';
import { errorFields } from './error-fields.ts';
import type { Scrubber } from './kernel/scrubbing/scrubber.ts';

/** Structured, to standard output. Of an error only what cannot hold a secret or another's text is written; `scrubber` goes over each line last. */
export function openLog(level: string, role: string, scrubber: Pick<Scrubber, 'jsonText'>, to: DestinationStream = pino.destination(1)): Logger {
  return pino({ level, base: { app: 'trueup', role }, serializers: { err: errorFields } }, { write: (line) => to.write(scrubber.jsonText(line)) });
}
