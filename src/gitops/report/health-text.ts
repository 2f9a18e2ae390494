import type { Verdict } from '../../kernel/messages/health-scaling.ts';
import type { CheckReport, Conclusion } from '../ports.ts';
import type { HealthReport } from '../records/health-report.ts';
import { fit } from './budget.ts';
import { code, fence, oneLine, prose, shortened } from './inert.ts';
import type { Standing } from './health-standing.ts';
import { compareText } from './plan-report.ts';
import { count } from './plan-text.ts';

/** No data is neither good nor bad, and never green. */
const conclusions: Record<Verdict, Conclusion> = { healthy: 'success', degraded: 'failure', unhealthy: 'failure', 'no-data': 'neutral' };
const words: Record<Verdict, string> = { healthy: 'Healthy', degraded: 'Degraded', unhealthy: 'Unhealthy', 'no-data': 'No data' };
const signs: Record<Verdict, string> = { healthy: '✅', degraded: '🟠', unhealthy: '❌', 'no-data': '◻️' };

export function healthCheck(report: HealthReport, commit: string, trace: string, standing: Standing = 'current'): CheckReport {
  const findings = driftList(report);
  return {
    commit,
    name: checkName(report.environment),
    conclusion: conclusionOf(report, standing),
    title: healthTitle(report, standing),
    summary: [verdictText(report, standing), findings === '' ? 'No drift is open.' : `**${count(report.drift.length, 'drift finding')} open**`, `<sub>${prose(trace)}</sub>`].join('\n\n'),
    text: findings === '' ? null : findings,
    annotations: [],
    actions: [],
  };
}

/** Ends a check that still ran when the head moved on. */
export function leftHealthCheck(environment: string, commit: string, trace: string): CheckReport {
  const title = 'Reported on a newer commit';
  const summary = `The default branch moved on before an evaluation could say how this commit does.\n\n<sub>${prose(trace)}</sub>`;
  return { commit, name: checkName(environment), conclusion: 'neutral', title, summary, text: null, annotations: [], actions: [] };
}

function checkName(environment: string): string {
  return `trueup/health (${environment})`;
}

/** Null while it runs. Green is only a verdict about what the head deployed. */
function conclusionOf({ health }: HealthReport, standing: Standing): Conclusion | null {
  const said = conclusions[health?.verdict ?? 'no-data'];
  switch (standing) {
    case 'current':
      return said;
    case 'pending':
      return null;
    case 'unended':
      return said === 'success' ? 'neutral' : said;
    case 'stale':
      return 'neutral';
  }
}

function healthTitle({ health, drift }: HealthReport, standing: Standing): string {
  const open = drift.length === 0 ? '' : ` · ${count(drift.length, 'drift finding')} open`;
  if (standing === 'pending') return `Waiting for an evaluation after the deployment${open}`;
  if (standing === 'stale') return `No data: not evaluated for long${open}`;
  const verdict = health?.verdict ?? 'no-data';
  const bad = (health?.services ?? []).filter((service) => service.verdict !== 'healthy').map(({ service }) => service).sort(compareText);
  const which = bad.length === 0 ? '' : `: ${shortened(bad.join(', '), 100)}`;
  const unended = standing === 'unended' ? ' · the deployment has not reported its end' : '';
  return `${words[verdict]}${which}${unended}${open}`;
}

function verdictText(report: HealthReport, standing: Standing): string {
  if (standing === 'pending') return 'What was evaluated before this deployment has ended says nothing about it.';
  if (standing === 'stale') return `The last evaluation is of ${prose(report.healthAt ?? '')}; it says nothing about now.`;
  return serviceTable(report);
}

/** Equal for two reports that would tell people the same: verdicts and the set of findings, without measured numbers and times. */
export function healthContent(report: HealthReport, standing: Standing = 'current'): string {
  const services = (report.health?.services ?? []).map(({ service, verdict }) => [service, verdict] as const).sort(([a], [b]) => compareText(a, b));
  const drift = report.drift.map(({ id }) => id).sort();
  if (standing === 'pending' || standing === 'stale') return JSON.stringify([standing, drift]);
  const said = [report.health?.verdict ?? null, services, drift];
  return JSON.stringify(standing === 'current' ? said : [standing, ...said]);
}

function serviceTable({ health }: HealthReport): string {
  if (health === null) return 'Nothing was measured yet.';
  if (health.services.length === 0) return 'No service was measured.';
  const rows = health.services.map(({ service, verdict, checks }) => {
    const details = checks.map((check) => `${signs[check.verdict]} ${check.kind}: ${prose(shortened(check.detail, 300))}`).join('<br>');
    return `| ${code(service)} | ${signs[verdict]} ${words[verdict]} | ${details} |`;
  });
  const shown = fit(rows, 40_000, (left) => `\n… and ${count(left, 'more service')}.`, 1);
  return [`Since ${prose(health.since)}`, '', '| Service | Verdict | Checks |', '|---|---|---|', ...shown].join('\n');
}

const severities = ['high', 'medium', 'low'] as const;

function driftList({ drift }: HealthReport): string {
  const sorted = [...drift].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || compareText(a.service, b.service) || compareText(a.path, b.path));
  const parts = sorted.map((finding) => {
    const head = `**${code(finding.service)}** ${finding.class} (${finding.severity}), first seen ${prose(finding.firstSeenAt)}: ${prose(shortened(finding.summary, 400))}`;
    const values = fence(`  ${oneLine(finding.path)}\n- live  ${shortened(oneLine(finding.live), 400)}\n+ Git   ${shortened(oneLine(finding.desired), 400)}`, 'diff');
    return `${head}\n\n${values}`;
  });
  return fit(parts, 50_000, (left) => `… and ${count(left, 'more finding')}.`).join('\n\n');
}
