import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import { oscillationsBorne } from '../../kernel/drift-standing.ts';
import { code, prose } from './inert.ts';
import { dayAndTime } from './times.ts';

/** How people call what was found. */
export const classWords: Readonly<Record<DriftFinding['class'], string>> = {
  changed: 'changed outside of Git',
  missing: 'the app is gone',
  unmanaged: 'not declared in Git',
  'never-applied': 'merged, and never applied',
  'replicas-out-of-bounds': 'replicas out of bounds',
  'unexpected-traffic': 'another revision serves',
  'secret-reference': 'secret reference',
  'access-lost': 'access lost',
  'health-degraded': 'worse since its last deployment',
};

const severities = ['high', 'medium', 'low'] as const;

/** The riskiest first, then by service and path. */
export function inRiskOrder(findings: readonly DriftFinding[]): readonly DriftFinding[] {
  return findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || compare(a.service, b.service) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Who and when, in Markdown. What is known of the last writer alone may be another change. */
export function whoAndWhen({ changed }: Pick<DriftFinding, 'changed'>): string {
  if (changed === null) return 'not known';
  const said = `${code(changed.who)}, ${prose(dayAndTime(changed.at))}`;
  return changed.source === 'activity-log' ? said : `${said} (its last writer)`;
}

/** Acknowledged, seen only once, changed again and again: in Markdown, each a part of a sentence. */
export function standingNotes({ observations, acknowledged, oscillations }: DriftFinding): readonly string[] {
  return [
    ...(acknowledged === null ? [] : [`acknowledged by ${code(acknowledged.by)} until ${acknowledged.until === null ? 'it changes' : prose(dayAndTime(acknowledged.until))}`]),
    ...(observations === 1 ? ['seen once'] : []),
    ...(oscillations >= oscillationsBorne ? [`put right ${oscillations} times within a day and changed again and again: left to people`] : []),
  ];
}
