import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import type { PayloadOf } from '../../../kernel/messages/catalogue.ts';
import { withHistory } from './history.ts';
import type { DriftFindings } from './runtime-drift-finding.ts';

type Acknowledgement = DriftFinding['acknowledged'];

/** Null when it has ended. One without a time ends with the finding: another live value is another finding. */
export function acknowledgementAt(acknowledged: Acknowledgement, now: number): Acknowledgement {
  if (acknowledged === null || acknowledged.until === null) return acknowledged;
  return Date.parse(acknowledged.until) <= now ? null : acknowledged;
}

/** The same object when they are so acknowledged already, when none of them is open, or when its time is over. */
export function withAcknowledgement(before: DriftFindings, { service, findings, by, until, reason }: PayloadOf<'AcknowledgeDrift'>, now: number): DriftFindings {
  const at = new Date(now).toISOString();
  if (acknowledgementAt({ by, at, until, reason }, now) === null) return before;
  const isMeant = (one: DriftFinding): boolean => one.service === service && (findings.length === 0 || findings.includes(one.id));
  const isSo = ({ acknowledged }: DriftFinding): boolean => acknowledged !== null && acknowledged.by === by && acknowledged.until === until && acknowledged.reason === reason;
  const told = before.open.filter((one) => isMeant(one) && !isSo(one));
  if (told.length === 0) return before;
  const open = before.open.map((one) => (told.includes(one) ? { ...one, acknowledged: { by, at, until, reason } } : one));
  return { ...before, open, history: withHistory(before.history, at, told.map((one) => ['acknowledged', one])) };
}
