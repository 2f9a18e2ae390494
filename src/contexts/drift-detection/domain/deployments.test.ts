import { describe, expect, it } from 'vitest';
import { deploymentProgress, serviceProgress } from '../../../../test/support/progress.ts';
import { fc, test } from '../../../../test/support/property.ts';
import type { DeploymentProgress } from '../../../kernel/messages/deployment.ts';
import { deployingAt, withDeployment, type Said } from './deployments.ts';
import { noFindings, type DriftFindings } from './runtime-drift-finding.ts';

const now = Date.UTC(2026, 10, 24);
const commitOf = (generation: number): string => String(generation).padStart(40, '0');

interface Message {
  readonly generation: number;
  readonly sequence: number;
  readonly said: Said;
  readonly services?: readonly string[];
}

function progress({ generation, sequence, services = ['a'] }: Message): DeploymentProgress {
  return deploymentProgress({ deploymentId: `e-${generation}`, environment: 'e', commit: commitOf(generation), generation, sequence, state: 'RollingOut', services: services.map((service) => serviceProgress({ service })) });
}

const after = (messages: readonly Message[]): DriftFindings => messages.reduce((findings, message) => withDeployment(findings, progress(message), message.said, now), noFindings);

describe('what is applied', () => {
  it.each([
    { reason: 'nothing completed', messages: [{ generation: 1, sequence: 1, said: 'runs' }, { generation: 1, sequence: 2, said: 'ended' }], applied: {} },
    { reason: 'it completed', messages: [{ generation: 1, sequence: 2, said: 'completed' }], applied: { a: 1 } },
    { reason: 'a service that was not part of the last one', messages: [{ generation: 1, sequence: 2, said: 'completed', services: ['a', 'b'] }, { generation: 2, sequence: 2, said: 'completed', services: ['b'] }], applied: { a: 1, b: 2 } },
    { reason: 'the next one was rolled back', messages: [{ generation: 1, sequence: 2, said: 'completed' }, { generation: 2, sequence: 5, said: 'rolled back' }], applied: { a: 1 } },
    { reason: 'it was rolled back after it completed', messages: [{ generation: 1, sequence: 2, said: 'completed' }, { generation: 1, sequence: 5, said: 'rolled back' }], applied: {} },
    { reason: 'the same, told in another order', messages: [{ generation: 1, sequence: 5, said: 'rolled back' }, { generation: 1, sequence: 2, said: 'completed' }], applied: {} },
    { reason: 'it completed, told after the next one began', messages: [{ generation: 2, sequence: 1, said: 'runs' }, { generation: 1, sequence: 9, said: 'completed' }], applied: { a: 1 } },
  ] satisfies readonly { reason: string; messages: readonly Message[]; applied: Record<string, number> }[])('$reason', ({ messages, applied }) => {
    const { applied: known } = after(messages);
    expect(Object.fromEntries(Object.entries(known).map(([service, { generation }]) => [service, generation]))).toEqual(applied);
    expect(Object.values(known).every(({ commit, generation }) => commit === commitOf(generation))).toBe(true);
  });
});

describe('the messages of deployments', () => {
  const history: readonly Message[] = [
    { generation: 1, sequence: 1, said: 'runs' },
    { generation: 1, sequence: 2, said: 'completed' },
    { generation: 2, sequence: 1, said: 'runs', services: ['a', 'b'] },
    { generation: 2, sequence: 2, said: 'completed', services: ['a', 'b'] },
    { generation: 3, sequence: 1, said: 'runs' },
    { generation: 3, sequence: 2, said: 'rolled back' },
  ];

  test('in any order, some of them twice, end in the same', () => {
    fc.assert(fc.property(fc.shuffledSubarray([...history, ...history], { minLength: 12 }), (shuffled) => void expect(after(shuffled)).toEqual(after(history))));
  });

  it.each([
    { reason: 'nothing was said', messages: [], laterMs: 0, own: [] },
    { reason: 'it began', messages: history.slice(0, 1), laterMs: 0, own: ['a'] },
    { reason: 'it has not said of which', messages: [{ generation: 1, sequence: 1, said: 'runs', services: [] }], laterMs: 0, own: null },
    { reason: 'it is silent for long', messages: history.slice(0, 1), laterMs: 119 * 60_000, own: ['a'] },
    { reason: 'it is silent for too long', messages: history.slice(0, 1), laterMs: 120 * 60_000, own: [] },
    { reason: 'it ended', messages: history.slice(0, 2), laterMs: 0, own: [] },
    { reason: 'the next one began', messages: history.slice(0, 3), laterMs: 0, own: ['a', 'b'] },
    { reason: 'it brings more than it said at first', messages: [...history.slice(0, 1), { generation: 1, sequence: 2, said: 'runs', services: ['a', 'c'] }], laterMs: 0, own: ['a', 'c'] },
    { reason: 'another waits behind it', messages: [...history.slice(2, 3), ...history.slice(4, 5)], laterMs: 0, own: ['a', 'b'] },
    { reason: 'the same, told in another order', messages: [...history.slice(4, 5), ...history.slice(2, 3)], laterMs: 0, own: ['a', 'b'] },
    { reason: 'it ended while another waited behind it', messages: [...history.slice(2, 3), ...history.slice(4, 5), ...history.slice(3, 4)], laterMs: 0, own: ['a'] },
    { reason: 'it ended while a correction of it waited behind it', messages: [{ generation: 1, sequence: 1, said: 'runs', services: ['a', 'b'] }, { generation: 1, sequence: 9, said: 'runs', services: ['c'] }, { generation: 1, sequence: 2, said: 'completed', services: ['a', 'b'] }], laterMs: 0, own: ['a', 'b', 'c'] },
    { reason: 'all ended', messages: history, laterMs: 0, own: [] },
  ] satisfies readonly { reason: string; messages: readonly Message[]; laterMs: number; own: readonly string[] | null }[])('tell what they own: $reason', ({ messages, laterMs, own }) => {
    expect(deployingAt(after(messages), now + laterMs)?.toSorted() ?? null).toEqual(own);
  });

  it('that one still runs are noted now and then: whoever scans meanwhile is not disturbed', () => {
    const runs = (findings: DriftFindings, sequence: number, laterMs: number): DriftFindings => withDeployment(findings, progress({ generation: 1, sequence, said: 'runs' }), 'runs', now + laterMs);
    const began = runs(noFindings, 1, 0);
    expect(runs(began, 2, 9 * 60_000)).toBe(began);
    expect(deployingAt(runs(began, 3, 10 * 60_000), now + 125 * 60_000)).toEqual(['a']);
  });
});
