import * as z from 'zod';
import { checkConclusions, checkStatuses } from '../world.ts';

/** GitHub's limits and how it words them. */
function text(max: number) {
  return z.string().refine((value) => value.length <= max, { error: (issue) => `Only ${max} characters are allowed; ${String(issue.input).length} were supplied.` });
}

function list<T extends z.ZodType>(item: T, max: number) {
  return z.array(item).refine((items) => items.length <= max, { error: (issue) => `No more than ${max} items are allowed; ${Array.isArray(issue.input) ? issue.input.length : 0} were supplied.` });
}

const maxText = 65_535;
const kib64 = 64 * 1024;

function bytes(max: number) {
  return z.string().refine((value) => Buffer.byteLength(value) <= max, { error: (issue) => `Only ${max} bytes are allowed; ${Buffer.byteLength(String(issue.input))} were supplied.` });
}

const annotation = z
  .object({
    path: z.string().min(1),
    start_line: z.number().int().min(1),
    end_line: z.number().int().min(1),
    start_column: z.number().int().nullable().default(null),
    end_column: z.number().int().nullable().default(null),
    annotation_level: z.enum(['notice', 'warning', 'failure']),
    message: bytes(kib64),
    title: text(255).nullable().default(null),
    raw_details: bytes(kib64).nullable().default(null),
  })
  .refine(({ start_line, end_line }) => start_line <= end_line, 'end_line must be greater than or equal to start_line')
  .refine(({ start_line, end_line, start_column, end_column }) => start_line === end_line || (start_column === null && end_column === null), 'columns are only allowed when start_line and end_line are equal');

const output = z.object({
  title: text(255).nullable().optional(),
  summary: text(maxText),
  text: text(maxText).nullable().optional(),
  annotations: list(annotation, 50).default([]),
});

const action = z.object({ label: text(20), description: text(40), identifier: text(20) });
const time = z.iso.datetime({ offset: true });

const fields = {
  details_url: z.url().optional(),
  external_id: z.string().optional(),
  status: z.enum(checkStatuses).optional(),
  started_at: time.optional(),
  conclusion: z.enum(checkConclusions).optional(),
  completed_at: time.optional(),
  actions: list(action, 3).optional(),
};

function hasConclusion({ status, conclusion }: { readonly status?: string | undefined; readonly conclusion?: string | undefined }): boolean {
  return status !== 'completed' || conclusion !== undefined;
}
const conclusionNeeded = '"conclusion" is required when "status" is "completed"';

export const newCheckRun = z
  .object({ ...fields, name: z.string().min(1), head_sha: z.string(), output: output.extend({ title: text(255) }).optional() })
  .refine(hasConclusion, conclusionNeeded);
export const checkRunChange = z.object({ ...fields, name: z.string().min(1).optional(), output: output.optional() }).refine(hasConclusion, conclusionNeeded);
export type CheckRunChange = z.infer<typeof checkRunChange>;
