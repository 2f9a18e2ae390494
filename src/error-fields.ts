import { isOutsideFailure } from './kernel/errors.ts';

/** What may be shown of an error. */
export interface ErrorFields {
  readonly type: string;
  readonly message?: string;
  readonly code?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly errors?: readonly ErrorFields[];
  readonly at?: readonly string[];
}

const frames = 4;

/** SDK errors carry requests, answers and their texts, also through `cause`: none of that is followed. */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, status, statusCode, requestId } = error as Error & Readonly<Record<string, unknown>>;
  const number = [status, statusCode].find((value) => typeof value === 'number');
  return {
    type: error.name,
    ...(!isForeign(error) && { message: error.message.slice(0, 300) }),
    ...(typeof code === 'string' && { code }),
    ...(number !== undefined && { status: number }),
    ...(typeof requestId === 'string' && { requestId }),
    ...(error instanceof AggregateError ? { errors: error.errors.slice(0, 3).map(errorFields) } : { at: framesOf(error) }),
  };
}

/** Whether the message may be what somebody else's server answered, or holds what was sent. */
function isForeign(error: Error): boolean {
  return !isOutsideFailure(error) && ['response', 'request', 'statusCode', 'details', 'command'].some((name) => name in error);
}

function framesOf({ stack = '' }: Error): readonly string[] {
  const root = import.meta.dirname;
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, frames)
    .map((line) => line.slice(7).replaceAll(`file://${root}`, 'src').replaceAll(root, 'src').slice(0, 160));
}
