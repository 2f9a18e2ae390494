import { z } from 'zod';
import type { PayloadOf } from '../../kernel/messages/catalogue.ts';
import { gitopsMessages } from '../../kernel/messages/gitops.ts';

export const pullRequestLink = z.strictObject({ number: z.number().int().positive(), url: z.string() });

const choice = gitopsMessages.ProposeRemediation.schema.shape.choice.unwrap();
/** What the merge does: Git is applied again, or Git is made to say what runs. */
export type RemediationChoice = z.infer<typeof choice>;

const findings = z.array(z.string());

/** What is particular to a pull request that answers drift. */
export const remediation = z.strictObject({
  choice,
  /** Who asked for it, and when; null where it came by itself. `by` is empty where somebody opened it again. */
  asked: z.strictObject({ by: z.string(), at: z.iso.datetime() }).nullable(),
  /** When the newest wish of a person that is known was sent: an older one that comes late changes nothing. */
  heardAt: z.iso.datetime().nullable(),
  /** Ids of the findings that it shows, and since when the oldest is there. */
  findings,
  since: z.iso.datetime().nullable(),
  /** Hash of its check as it was written last, with the commit. */
  checked: z.string().nullable(),
  /** The last one that somebody else closed: they may open it again. */
  closed: pullRequestLink.nullable(),
  /** The last one that was merged, until its findings are gone. */
  merged: z.strictObject({ number: z.number().int().positive(), at: z.iso.datetime(), since: z.iso.datetime().nullable(), findings }).nullable(),
});
export type Remediation = z.infer<typeof remediation>;

export const noRemediation: Remediation = { choice: 'keep-git', asked: null, heardAt: null, findings: [], since: null, checked: null, closed: null, merged: null };

/** Delivered twice, or after a newer one, a wish changes nothing. */
export function withWish(known: Remediation, { choice: wished, by }: PayloadOf<'ProposeRemediation'>, at: string): Remediation | null {
  // ISO-8601 texts in UTC compare as times.
  if (wished === null || (known.heardAt !== null && at <= known.heardAt)) return null;
  return { ...known, choice: wished, asked: { by: by ?? '', at }, heardAt: at };
}
