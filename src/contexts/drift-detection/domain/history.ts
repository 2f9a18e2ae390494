import { z } from 'zod';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';

const kept = 200;

export const driftHistory = z.array(
  z.strictObject({
    at: z.string(),
    id: z.string(),
    service: z.string(),
    path: z.string(),
    what: z.enum(['opened', 'acknowledged', 'acknowledgement ended', 'corrective deployment', 'left to people', 'remediated', 'elsewhere', 'gone']),
  }),
);

type DriftHistory = z.infer<typeof driftHistory>;
export type Happened = DriftHistory[number]['what'];

/** With what happened to these findings; the oldest are dropped. */
export function withHistory(history: DriftHistory, at: string, happened: readonly (readonly [Happened, Pick<DriftFinding, 'id' | 'service' | 'path'>])[]): DriftHistory {
  if (happened.length === 0) return history;
  return [...happened.map(([what, { id, service, path }]) => ({ at, id, service, path, what })), ...history].slice(0, kept);
}
