import { z } from 'zod';

/** Why a value is refused, in words for its author. The message never repeats a value that may be secret. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly hint?: string;
}

export type Refuse = (refusal: Refusal) => never;

interface About {
  readonly description?: string;
  readonly pattern?: string;
  readonly examples?: readonly string[];
}

/** A text that means something: editors see `about`, the program sees what `read` makes of it. */
export function written<T>(about: About, read: (text: string, refuse: Refuse) => T) {
  return z
    .string()
    .meta({ ...about })
    .transform((text, context): T =>
      read(text, (refusal) => {
        context.addIssue({ code: 'custom', message: refusal.message, params: { ...refusal } });
        return z.NEVER;
      }),
    );
}

/** A text of a shape; its value is itself. */
export function shaped(about: About & { readonly pattern: string }, refusal: Refusal) {
  const shape = new RegExp(about.pattern);
  return written(about, (text, refuse) => (shape.test(text) ? text : refuse(refusal)));
}
