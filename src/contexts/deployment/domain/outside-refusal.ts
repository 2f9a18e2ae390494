import type { Rejected } from '../../../kernel/errors.ts';

/** The service's code and the field that it names, for people: ` (InvalidTemplate, field image)`. */
export function inWords({ code, field }: Pick<Rejected, 'code' | 'field'>): string {
  return ` (${code ?? 'no code'}${field === null ? '' : `, field ${field}`})`;
}
