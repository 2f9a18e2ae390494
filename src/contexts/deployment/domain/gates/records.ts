import type { GateAnswer } from '../../../../kernel/messages/deployment.ts';
import type { GateRecord } from '../service-rollout.ts';
import type { Finding } from './finding.ts';

interface When {
  /** When the look began. */
  readonly now: number;
  /** Longer without a look than this was not spent waiting for the gate. */
  readonly patienceMs: number;
}

/** One record for each of the named gates that was ever asked in this stage, in their order; a later finding replaces an earlier one. */
export function merged(names: readonly string[], before: readonly GateRecord[], findings: readonly Finding[], when: When): readonly GateRecord[] {
  return [...new Set(names)].flatMap((name) => {
    const known = before.find(({ gate }) => gate === name) ?? null;
    const found = worstOf(findings.filter(({ gate }) => gate === name));
    if (found === null) return known === null ? [] : [known];
    return [recorded(known, found, when)];
  });
}

/** Time in which nobody looked is not held against a release. A look that says nothing absolves nobody: only a pass ends a row of failures. */
function recorded(known: GateRecord | null, found: Finding, { now, patienceMs }: When): GateRecord {
  const isSame = known !== null && known.answer === found.answer;
  const unseen = known === null ? 0 : Math.max(0, now - known.at - patienceMs);
  return { ...found, since: isSame ? Math.min(now, known.since + unseen) : now, at: now, failures: found.answer === 'pass' ? 0 : (known?.failures ?? 0) + (found.answer === 'fail' ? 1 : 0) };
}

const order: readonly GateAnswer[] = ['fail', 'inconclusive', 'no-data', 'pass'];

/** Two gates of one name are refused in manifests; where they came all the same, the worse one counts. */
function worstOf(findings: readonly Finding[]): Finding | null {
  return findings.toSorted((a, b) => order.indexOf(a.answer) - order.indexOf(b.answer))[0] ?? null;
}
