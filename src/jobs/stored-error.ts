import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import { errorFields } from '../error-fields.ts';
import type { Scrubber } from '../kernel/scrubbing/scrubber.ts';

/**
 * BullMQ keeps message and stack of what a job throws in Redis, in clear text, and sends the message to whoever listens: both are made of
 * what the log may show of the error. What steers BullMQ itself passes.
 */
export function storedError(error: unknown, scrubber: Pick<Scrubber, 'text'>): Error {
  if (error instanceof DelayedError || error instanceof WaitingError) return error;
  const { type, message, code, at = [] } = errorFields(error);
  const text = scrubber.text(message ?? `${type}${code === undefined ? '' : ` (${code})`}: its own text is not kept`);
  const stored = error instanceof UnrecoverableError ? new UnrecoverableError(text) : new Error(text);
  if (!(error instanceof UnrecoverableError)) stored.name = type;
  stored.stack = scrubber.text([`${type}: ${text}`, ...at.map((frame) => `    at ${frame}`)].join('\n'));
  return stored;
}
