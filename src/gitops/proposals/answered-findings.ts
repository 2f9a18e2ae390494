import { isActionable } from '../../kernel/drift-standing.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import type { Remediation, RemediationChoice } from '../records/remediation.ts';
import { inRiskOrder } from '../report/drift-words.ts';

/** What neither Git nor a deployment puts right, whoever asks. */
const unanswerable: readonly DriftFinding['class'][] = ['unmanaged', 'health-degraded', 'replicas-out-of-bounds', 'access-lost'];

/**
 * The findings of a service that a pull request answers. By itself that is what was seen often enough and is of mode `propose`, and was
 * not answered by a merge that is on its way; a person's wish is about everything that a merge can put right. An acknowledgement counts
 * when it came after the last wish.
 */
export function answeredBy({ asked, merged }: Remediation, open: readonly DriftFinding[], service: string): readonly DriftFinding[] {
  const own = open.filter((finding) => finding.service === service);
  const counting = own.map((finding) => (asked !== null && finding.acknowledged !== null && finding.acknowledged.at < asked.at ? { ...finding, acknowledged: null } : finding));
  if (asked !== null && asked.by !== '') return counting.filter((finding) => !unanswerable.includes(finding.class) && finding.acknowledged === null);
  return counting.filter((finding) => isActionable(finding) && finding.mode === 'propose' && merged?.findings.includes(finding.id) !== true);
}

/** Pull requests that open by themselves in one environment: a script that ran over all of it would open hundreds, which nobody reads. */
const openedByItself = 10;

/** Services whose turn it is: those with the riskiest findings that are answered without anybody asking. */
export function inTurn(open: readonly DriftFinding[]): ReadonlySet<string> {
  const proposed = open.filter((finding) => isActionable(finding) && finding.mode === 'propose');
  return new Set([...new Set(inRiskOrder(proposed).map(({ service }) => service))].slice(0, openedByItself));
}

/** Where a vault moved ahead, only Git can follow; elsewhere Git holds until somebody says otherwise. */
export function choiceOf({ asked, choice }: Remediation, answered: readonly DriftFinding[]): RemediationChoice {
  return (asked === null || asked.by === '') && answered.length > 0 && answered.every((finding) => finding.class === 'secret-reference') ? 'keep-live' : choice;
}

/** ISO-8601: when the last of them was found. The same as long as they are the same. */
export function newestOf(answered: readonly DriftFinding[]): string {
  return answered.map(({ firstSeenAt }) => firstSeenAt).reduce((a, b) => (a > b ? a : b), '');
}

export function oldestOf(answered: readonly DriftFinding[]): string {
  return answered.map(({ firstSeenAt }) => firstSeenAt).reduce((a, b) => (a < b ? a : b), answered[0]?.firstSeenAt ?? '');
}
