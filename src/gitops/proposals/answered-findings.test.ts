import { describe, expect, test } from 'vitest';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { noRemediation, type Remediation } from '../records/remediation.ts';
import { answeredBy, choiceOf } from './answered-findings.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 1, minute)).toISOString();
const asked = (by: string): Remediation => ({ ...noRemediation, asked: { by, at: at(10) } });
const acknowledged = (minute: number) => ({ by: 'octocat', at: at(minute), until: null, reason: 'x' });

describe('of what is open, a pull request answers', () => {
  test.each([
    { reason: 'what was acknowledged before somebody asked', remediation: asked('octocat'), finding: { acknowledged: acknowledged(9) }, is: true },
    { reason: 'not what was acknowledged after it', remediation: asked('octocat'), finding: { acknowledged: acknowledged(11) }, is: false },
    { reason: 'not what was acknowledged after it was opened again', remediation: asked(''), finding: { acknowledged: acknowledged(11) }, is: false },
    { reason: 'not what was acknowledged, where nobody asked', remediation: noRemediation, finding: { acknowledged: acknowledged(9) }, is: false },
    { reason: 'not what no merge puts right, whoever asks', remediation: asked('octocat'), finding: { class: 'access-lost' as const }, is: false },
    { reason: 'nothing of another service', remediation: asked('octocat'), finding: { service: 'catalog' }, is: false },
  ])('$reason', ({ remediation, finding, is }) => {
    expect(answeredBy(remediation, [driftFinding(finding)], 'checkout')).toHaveLength(is ? 1 : 0);
  });
});

describe('without a wish', () => {
  const [secret, field] = [driftFinding({ class: 'secret-reference' }), driftFinding()];
  test.each([
    { reason: 'a vault that went ahead is followed', remediation: noRemediation, answered: [secret], choice: 'keep-live' },
    { reason: 'Git holds where something else is answered, too', remediation: noRemediation, answered: [secret, field], choice: 'keep-git' },
    { reason: 'unless somebody has one', remediation: asked('octocat'), answered: [secret], choice: 'keep-git' },
  ])('$reason', ({ remediation, answered, choice }) => {
    expect(choiceOf(remediation, answered)).toBe(choice);
  });
});
