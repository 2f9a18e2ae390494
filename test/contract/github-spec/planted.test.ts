import { expect, test } from 'vitest';
import type { GithubExchange } from '../../../src/local/github/observer.ts';
import { exchangeViolations, type Violation } from '../../support/github-spec-exchange.ts';
import { disagreementOf } from '../../support/github-spec-known.ts';
import { githubAjv } from '../../support/github-spec-schema.ts';
import { githubSpec } from '../../support/github-spec.ts';
import { webhookViolations } from '../../support/github-spec-webhooks.ts';

// A fault of each kind in what is otherwise right: each has to be seen.

const user = {
  login: 'mona', id: 1, node_id: 'x', avatar_url: 'https://a.example/', gravatar_id: '', url: 'https://a.example/', html_url: 'https://a.example/', followers_url: 'https://a.example/', following_url: 'https://a.example/{/x}',
  gists_url: 'https://a.example/', starred_url: 'https://a.example/', subscriptions_url: 'https://a.example/', organizations_url: 'https://a.example/', repos_url: 'https://a.example/', events_url: 'https://a.example/', received_events_url: 'https://a.example/', type: 'User', site_admin: false,
};
const reaction = { id: 1, node_id: 'x', user, content: 'eyes', created_at: '2026-01-02T03:04:05Z' };
const right: GithubExchange = {
  method: 'POST',
  path: '/repos/o/r/issues/comments/1/reactions',
  byPerson: false,
  query: new URLSearchParams(),
  requestBody: { content: 'eyes' },
  status: 201,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: reaction,
};

test('what is right has no violation', () => {
  expect(exchangeViolations(right)).toEqual([]);
});

test.each<{ reason: string; change: Partial<GithubExchange>; at: string; what: RegExp }>([
  { reason: 'another type', change: { body: { ...reaction, id: '1' } }, at: '/id', what: /must be integer/ },
  { reason: 'a value that is none of those', change: { body: { ...reaction, content: 'tears' } }, at: '/content', what: /must be equal to one of the allowed values/ },
  { reason: 'no date', change: { body: { ...reaction, created_at: 'yesterday' } }, at: '/created_at', what: /must match format "date-time"/ },
  { reason: 'a field that is missing', change: { body: { ...reaction, content: undefined } }, at: '', what: /must have required property 'content'/ },
  { reason: 'an invented field', change: { body: { ...reaction, mood: 'good' } }, at: '/mood', what: /is no field/ },
  { reason: 'an invented field deep inside', change: { body: { ...reaction, user: { ...user, mood: 'good' } } }, at: '/user/mood', what: /is no field/ },
  { reason: 'null where it may not be', change: { body: { ...reaction, content: null } }, at: '/content', what: /must be string/ },
  { reason: 'a status that the operation does not have', change: { status: 202 }, at: '', what: /is a status that GitHub does not describe/ },
  { reason: 'another type of content', change: { headers: { 'content-type': 'text/plain' } }, at: '', what: /is text\/plain, and GitHub describes/ },
  { reason: 'an operation that is not there', change: { path: '/repos/o/r/moods' }, at: '', what: /is no operation/ },
  { reason: 'a request with an invented field', change: { requestBody: { content: 'eyes', mood: 'good' } }, at: 'request /mood', what: /is no field/ },
  { reason: 'a request that is accepted and wrong', change: { requestBody: { content: 'tears' } }, at: 'request /content', what: /must be equal/ },
  { reason: 'a request with an invented parameter', change: { query: new URLSearchParams({ mood: 'good' }) }, at: '?mood', what: /is no parameter/ },
  { reason: 'a path with a word for a number', change: { path: '/repos/o/r/issues/comments/first/reactions' }, at: '/comment_id', what: /must be integer/ },
  { reason: 'a refusal in another shape', change: { status: 422, body: { error: 'no' } }, at: '/error', what: /is no field/ },
])('seen in an exchange: $reason', ({ change, at, what }) => {
  const seen = exchangeViolations({ ...right, ...change });
  expect(seen.filter((violation) => violation.at === at && what.test(violation.what))).toHaveLength(1);
});

test.each([
  { text: '41898282+github-actions[bot]@users.noreply.github.com', fits: true, reason: 'an App' },
  { text: 'mona@example.com', fits: true, reason: 'a person' },
  { text: 'github-actions[bot]@example.com', fits: false, reason: 'brackets elsewhere' },
  { text: 'mona', fits: false, reason: 'a name' },
])('an address of $reason: $fits', ({ text, fits }) => {
  expect(githubAjv().validate({ type: 'string', format: 'email' }, text)).toBe(fits);
});

test('a request that was refused is held by its names alone', () => {
  const refused = { ...right, status: 422, body: { message: 'no', documentation_url: 'https://docs.github.com/rest' } };
  expect(exchangeViolations({ ...refused, requestBody: { content: 'tears' } })).toEqual([]);
  expect(exchangeViolations({ ...refused, requestBody: { content: 'tears', mood: 1 } })).toHaveLength(1);
});

const organization = { login: 'acme', id: 1, node_id: 'x', url: 'https://a.example/', repos_url: 'https://a.example/', events_url: 'https://a.example/', hooks_url: 'https://a.example/', issues_url: 'https://a.example/', members_url: 'https://a.example/', public_members_url: 'https://a.example/', avatar_url: 'https://a.example/', description: null };
const blocked = { action: 'blocked', blocked_user: user, organization, sender: user };

test.each([
  { reason: 'nothing', event: 'org_block', body: blocked, wanted: [] },
  { reason: 'an invented field', event: 'org_block', body: { ...blocked, mood: 1 }, wanted: [' must NOT have additional properties (mood)', '/mood is no field that GitHub describes'] },
  { reason: 'a field that is missing', event: 'org_block', body: { ...blocked, sender: undefined }, wanted: [" must have required property 'sender'"] },
  { reason: 'another type', event: 'org_block', body: { ...blocked, organization: { ...organization, id: 'x' } }, wanted: ['/organization/id must be integer'] },
  { reason: 'an event that is not there', event: 'moods', body: blocked, wanted: [' is no event that the schemas know', ' is no event that GitHub describes'] },
])('seen in an event: $reason', ({ event, body, wanted }) => {
  expect(webhookViolations({ event, action: 'blocked', body: JSON.parse(JSON.stringify(body)) }).map(({ at, what }) => `${at} ${what}`)).toEqual(wanted);
});

const finding = (operation: string, at: string, what: string): Violation => ({ call: operation, operation, status: null, at, what });
const younger = finding('check_run created', '/check_run/app', 'must NOT have additional properties (client_id)');

test.each([
  { reason: 'an App that is null for another reason than a younger field', violation: { ...younger, what: 'must be null' }, beside: [], known: false },
  { reason: 'the same beside the younger field', violation: { ...younger, what: 'must be null' }, beside: [younger], known: true },
  { reason: 'the same beside a younger field elsewhere', violation: { ...younger, what: 'must be null' }, beside: [{ ...younger, at: '/installation' }], known: false },
  { reason: 'an address that was not given', violation: finding('repos/get-deployment-status', '/log_url', 'must match format "uri", not ""'), beside: [], known: true },
  { reason: 'an address that is none', violation: finding('repos/get-deployment-status', '/log_url', 'must match format "uri", not "somewhere"'), beside: [], known: false },
  { reason: 'a suite that is not completed', violation: finding('check_run rerequested', '/check_run/check_suite/status', 'must be equal to one of the allowed values ["completed"]'), beside: [], known: true },
  { reason: 'a status that no suite has', violation: finding('check_run rerequested', '/check_run/check_suite/status', 'must be equal to one of the allowed values ["queued","in_progress","completed"]'), beside: [], known: false },
])('known or not: $reason', ({ violation, beside, known }) => {
  expect(disagreementOf(violation, [violation, ...beside]) !== null).toBe(known);
});

test('whoever gathers says where and what, once for what differs only in numbers', async () => {
  const spec = githubSpec();
  for (const id of [1, 2]) spec.observer.answered({ ...right, body: { ...reaction, id, mood: 'good' } });
  spec.observer.answered(right);
  expect(spec.report()).toMatchObject({ answers: 3, distinct: 2 });
  await expect(spec.holds('this test')).rejects.toThrow('1 violations of GitHub\'s description in this test:\n  POST /repos/o/r/issues/comments/1/reactions (reactions/create-for-issue-comment) 201: /mood is no field that GitHub describes');
});
