import { describe, expect, test } from 'vitest';
import type { ParsedFile } from './parsed-file.ts';
import { approvalChanges, approversOf, policyPath, readPolicy, type Policy } from './policy.ts';

const head = { apiVersion: 'trueup.dev/v1', kind: 'RepositoryPolicy' };

function read(environments: unknown): ReturnType<typeof readPolicy> {
  const location = { file: policyPath, line: 1, column: 1, endLine: 1 };
  const file: ParsedFile = { path: policyPath, documents: [{ value: { ...head, environments }, location, places: {} }], problems: [] };
  return readPolicy(file);
}

const approvedBy = (...approvers: string[]): Policy => read({ prod: { approvers } }).policy;

describe('who approves', () => {
  test.each([
    { environments: undefined, is: null, reason: 'without a word everybody with write access decides' },
    { environments: { staging: { approvers: ['octocat'] } }, is: null, reason: 'a list of another environment' },
    { environments: { prod: { approvers: ['Octocat', 'hubot_acme'] } }, is: ['octocat', 'hubot_acme'], reason: 'logins have no case' },
  ])('$reason', ({ environments, is }) => {
    const { policy, problems } = read(environments);
    expect(problems).toEqual([]);
    expect(approversOf(policy, 'prod')).toEqual(is);
  });

  test('a name that every object has is no environment', () => {
    expect(approversOf(approvedBy('octocat'), 'constructor')).toBeNull();
  });

  test.each([
    { environments: { prod: { approvers: [] } }, code: 'out-of-range', reason: 'an empty list would mean nobody' },
    { environments: { prod: { approvers: ['contoso/platform'] } }, code: 'invalid-login', reason: 'a team' },
    { environments: { prod: { approvers: ['@octocat'] } }, code: 'invalid-login', reason: 'a mention' },
    { environments: { prod: { approvers: ['octocat\n'] } }, code: 'invalid-login', reason: 'a line end behind it' },
    { environments: { prod: { approver: ['octocat'] } }, code: 'unknown-field', reason: 'a typing error is not taken for no list' },
    { environments: { prod: {} }, code: 'missing-field', reason: 'an entry that says nothing' },
    { environments: { 'Prod ': { approvers: ['octocat'] } }, code: 'invalid-name', reason: 'a name that no environment can have' },
  ])('is refused: $reason', ({ environments, code }) => {
    const { problems, policy } = read(environments);
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(policy.environments).toEqual({});
  });

  test('changes of it are known by environment', () => {
    expect(approvalChanges(approvedBy('a', 'b'), approvedBy('B', 'a'))).toEqual([]);
    expect(approvalChanges(approvedBy('a'), approvedBy('a', 'b'))).toEqual(['prod']);
    expect(approvalChanges(approvedBy('a'), read(undefined).policy)).toEqual(['prod']);
  });
});
