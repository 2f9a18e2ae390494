import type { Verdict } from '../../kernel/messages/health-scaling.ts';
import type { CheckReport, Conclusion } from '../ports.ts';
import type { HealthReport } from '../records/health-report.ts';
import { fit } from './budget.ts';
import type { DriftAnswer } from './drift-answers.ts';
import { driftContent, driftList, driftSummary, driftTitle, unscannedTitle } from './health-drift.ts';
import { code, prose, shortened } from './inert.ts';
import type { Standing } from './health-standing.ts';
import { compareText } from './plan-report.ts';
import { count } from './plan-text.ts';

/** No data is neither good nor bad, and never green. */
const conclusions: Record<Verdict, Conclusion> = { healthy: 'success', degraded: 'failure', unhealthy: 'failure', 'no-data': 'neutral' };
const words: Record<Verdict, string> = { healthy: 'Healthy', degraded: 'Degraded', unhealthy: 'Unhealthy', 'no-data': 'No data' };
const signs: Record<Verdict, string> = { healthy: '✅', degraded: '🟠', unhealthy: '❌', 'no-data': '◻️' };

/** `unscanned`: since when nobody looked for drift although a look was due; null while all is well. */
export function healthCheck(report: HealthReport, commit: string, trace: string, standing: Standing = 'current', unscanned: string | null = null, answers: readonly DriftAnswer[] = []): CheckReport {
  const findings = driftList(report.drift);
  return {
    commit,
    name: checkName(report.environment),
    conclusion: scannedOnly(conclusionOf(report, standing), unscanned),
    title: `${unscannedTitle(unscanned)}${healthTitle(report, standing)}`,
    summary: [verdictText(report, standing), driftSummary(report.drift, unscanned, answers), `<sub>${prose(trace)}</sub>`].join('\n\n'),
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

/** Who does not look finds nothing, which is not green. */
function scannedOnly(conclusion: Conclusion | null, unscanned: string | null): Conclusion | null {
  return conclusion === 'success' && unscanned !== null ? 'neutral' : conclusion;
}

/** Where no service was measured, or one of them is not healthy, nothing is. */
function verdictOf(health: HealthReport['health']): Verdict {
  if (health === null || health.services.length === 0) return 'no-data';
  const isContradicted = health.verdict === 'healthy' && health.services.some(({ verdict }) => verdict !== 'healthy');
  return isContradicted ? 'no-data' : health.verdict;
}

/** Null while it runs. Green is only a verdict about what the head deployed. */
function conclusionOf({ health }: HealthReport, standing: Standing): Conclusion | null {
  const said = conclusions[verdictOf(health)];
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
  const open = driftTitle(drift);
  if (standing === 'pending') return `Waiting for an evaluation after the deployment${open}`;
  if (standing === 'stale') return `No data: not evaluated for long${open}`;
  const verdict = verdictOf(health);
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

/** Equal for two reports that would tell people the same: verdicts and findings, without measured numbers and times. */
export function healthContent(report: HealthReport, standing: Standing = 'current', unscanned: string | null = null): string {
  const services = (report.health?.services ?? []).map(({ service, verdict }) => [service, verdict] as const).sort(([a], [b]) => compareText(a, b));
  const drift = [...driftContent(report.drift), ...(unscanned === null ? [] : [unscanned])];
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
