import { oscillationsBorne } from '../../kernel/drift-standing.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import { fit } from './budget.ts';
import { driftAnswers, type DriftAnswer } from './drift-answers.ts';
import { classWords, inRiskOrder, standingNotes, whoAndWhen } from './drift-words.ts';
import { code, fence, oneLine, prose, shortened } from './inert.ts';
import { count } from './plan-text.ts';
import { dayAndTime } from './times.ts';

type Findings = readonly DriftFinding[];

/** ` · 2 drift findings open, 1 acknowledged`; nothing where there is none. */
export function driftTitle(findings: Findings): string {
  const acknowledged = findings.filter((finding) => finding.acknowledged !== null).length;
  const open = findings.length - acknowledged;
  if (findings.length === 0) return '';
  if (open === 0) return ` · ${count(acknowledged, 'drift finding')} acknowledged`;
  return ` · ${count(open, 'drift finding')} open${acknowledged === 0 ? '' : `, ${acknowledged} acknowledged`}`;
}

/** Before everything else that the check is called. */
export function unscannedTitle(unscanned: string | null): string {
  return unscanned === null ? '' : `Nobody looked for drift since ${dayAndTime(unscanned)} · `;
}

export function driftSummary(findings: Findings, unscanned: string | null, answers: readonly DriftAnswer[]): string {
  const alert = unscanned === null ? [] : [`⚠️ The last look for drift is of ${prose(dayAndTime(unscanned))}, and one is due every five minutes: whether Azure is as Git says is not known. See the log of the worker, and whether Trueup still has a grant for this place.`];
  const open = driftTitle(findings).replace(' · ', '');
  return [...alert, open !== '' ? `**${open}**` : unscanned === null ? 'No drift is open.' : '', ...driftAnswers(answers)].filter((part) => part !== '').join('\n\n');
}

/** Equal for findings of which the same is told. */
export function driftContent(findings: Findings): readonly string[] {
  return findings.map(({ id, observations, changed, acknowledged, oscillations }) => JSON.stringify([id, observations === 1, changed, acknowledged?.by, acknowledged?.until, oscillations >= oscillationsBorne])).sort();
}

export function driftList(findings: Findings): string {
  const parts = inRiskOrder(findings).map((finding) => {
    const notes = [`since ${prose(dayAndTime(finding.firstSeenAt))}`, ...(finding.changed === null ? [] : [`by ${whoAndWhen(finding)}`]), ...standingNotes(finding)].join(', ');
    const head = `**${code(finding.service)}** ${classWords[finding.class]} (${finding.severity}), ${notes}: ${prose(shortened(finding.summary, 400))}`;
    const values = fence(`  ${oneLine(finding.path)}\n- live  ${shortened(oneLine(finding.live), 400)}\n+ Git   ${shortened(oneLine(finding.desired), 400)}`, 'diff');
    return `${head}\n\n${values}`;
  });
  return fit(parts, 50_000, (left) => `… and ${count(left, 'more finding')}.`).join('\n\n');
}
