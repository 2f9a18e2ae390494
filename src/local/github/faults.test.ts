import { expect, test } from 'vitest';
import type { FaultRequest } from '../faults/board.ts';
import { githubFaultBoard, type GithubFaultName } from './faults.ts';

const everything = { times: null, path: null, method: null } as const;
const request = { method: 'GET', path: '/repos/acme/infra', kind: 'request' } as const;

test.each<{ reason: string; asked: FaultRequest<GithubFaultName>; about: Parameters<ReturnType<typeof githubFaultBoard>['next']>[0]; hits: boolean }>([
  { reason: 'no filter', asked: { ...everything, name: 'github:500' }, about: request, hits: true },
  { reason: 'the path contains it, in any case', asked: { ...everything, name: 'github:500', path: 'INFRA' }, about: request, hits: true },
  { reason: 'another path', asked: { ...everything, name: 'github:500', path: '/pulls' }, about: request, hits: false },
  { reason: 'another method', asked: { ...everything, name: 'github:500', method: 'POST' }, about: request, hits: false },
  { reason: 'the method in any case', asked: { ...everything, name: 'github:500', method: 'get' }, about: request, hits: true },
  { reason: 'a fault of deliveries spares requests', asked: { ...everything, name: 'github:drop-deliveries' }, about: request, hits: false },
  { reason: 'a fault of requests spares deliveries', asked: { ...everything, name: 'github:500' }, about: { method: 'POST', path: '/deliveries/push', kind: 'delivery' }, hits: false },
  { reason: 'a fault of one event', asked: { ...everything, name: 'github:drop-deliveries', path: '/deliveries/push' }, about: { method: 'POST', path: '/deliveries/push', kind: 'delivery' }, hits: true },
])('$asked.name hits: $hits, $reason', ({ asked, about, hits }) => {
  const board = githubFaultBoard();
  board.ask(asked);
  expect(board.next(about)).toBe(hits ? asked.name : null);
});

test('a counted fault is used up, the next one follows, and clearing ends all', () => {
  const board = githubFaultBoard();
  board.ask({ ...everything, name: 'github:500', times: 2 });
  board.ask({ ...everything, name: 'github:429' });
  expect([1, 2, 3, 4].map(() => board.next(request))).toEqual(['github:500', 'github:500', 'github:429', 'github:429']);
  board.clear();
  expect([board.next(request), board.list()]).toEqual([null, []]);
});
