import { GitFailed } from './git/git.ts';

/** An answer that ends a request early, as GitHub words it. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, more: Readonly<Record<string, unknown>> = {}, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.body = { message, documentation_url: 'https://docs.github.com/rest', ...more, status: String(status) };
    this.headers = headers;
  }
}

export function notFound(): HttpProblem {
  return new HttpProblem(404, 'Not Found');
}

export interface FieldError {
  readonly resource: string;
  readonly field: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  readonly message?: string;
}

export function validationFailed(...errors: readonly FieldError[]): HttpProblem {
  return new HttpProblem(422, 'Validation Failed', { errors });
}

/** For `catch`: Git refused what the caller sent; its words stay inside. */
export function unprocessable(message: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof GitFailed ? new HttpProblem(422, message) : error;
  };
}

export function invalidRequest(...reasons: readonly string[]): HttpProblem {
  return new HttpProblem(422, `Invalid request.\n\n${reasons.join('\n')}`);
}
