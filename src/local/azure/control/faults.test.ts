import { describe, expect, test } from 'vitest';
import type { FaultName } from './fault-descriptions.ts';
import { faultBoard } from './faults.ts';

const app = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/containerApps/checkout';
const status = '/subscriptions/s/providers/Microsoft.App/locations/westeurope/containerappOperationStatuses/1';

function board(name: FaultName, change: { readonly times?: number | null; readonly path?: string; readonly method?: string } = {}) {
  const faults = faultBoard((token) => token === 't');
  faults.ask({ name, times: 1, path: null, method: null, ...change });
  return faults;
}

describe('the fault board', () => {
  test.each([
    { reason: 'any request', name: 'azure:429', change: {}, about: { method: 'GET', path: app }, hits: true },
    { reason: 'a path, without case', name: 'azure:429', change: { path: 'CONTAINERAPPS/checkout' }, about: { method: 'GET', path: app }, hits: true },
    { reason: 'no other path', name: 'azure:429', change: { path: 'containerApps/orders' }, about: { method: 'GET', path: app }, hits: false },
    { reason: 'no other method', name: 'azure:429', change: { method: 'PUT' }, about: { method: 'GET', path: app }, hits: false },
    { reason: 'no read with a conflict', name: 'azure:conflict', change: {}, about: { method: 'GET', path: app }, hits: false },
    { reason: 'a write with a conflict', name: 'azure:conflict', change: {}, about: { method: 'PATCH', path: app }, hits: true },
    { reason: 'no read with a lost answer', name: 'azure:cut-after', change: {}, about: { method: 'GET', path: app }, hits: false },
    { reason: 'a write with an answer that does not come', name: 'azure:hang-after', change: {}, about: { method: 'POST', path: app }, hits: true },
    { reason: 'nothing in place of a service that goes wrong later', name: 'azure:operation-fails', change: {}, about: { method: 'PUT', path: app }, hits: false },
  ] as const)('hits $reason', ({ name, change, about, hits }) => {
    expect(board(name, change).nextRequestFault(about) !== null).toBe(hits);
  });

  test.each([
    { reason: 'a failing operation to a write', name: 'azure:operation-fails', about: { method: 'PUT', path: app }, tells: true },
    { reason: 'no failing operation to a read', name: 'azure:operation-fails', about: { method: 'GET', path: app }, tells: false },
    { reason: 'a lost status to its address', name: 'azure:status-lost', about: { method: 'GET', path: status }, tells: true },
    { reason: 'no lost status to an app', name: 'azure:status-lost', about: { method: 'GET', path: app }, tells: false },
    { reason: 'no request fault at all', name: 'azure:503', about: { method: 'PUT', path: app }, tells: false },
  ] as const)('tells a service $reason', ({ name, about, tells }) => {
    expect(board(name).next(about) !== null).toBe(tells);
  });

  test('lets the first ones pass when told so', () => {
    const faults = faultBoard((token) => token === 't');
    faults.ask({ name: 'azure:503', times: 1, path: null, method: null, after: 2 });
    expect(Array.from({ length: 4 }, () => faults.nextRequestFault({ method: 'GET', path: app }) !== null)).toEqual([false, false, true, false]);
  });

  test('counts down, and a fault without a number stays until it is cleared', () => {
    const faults = board('azure:503', { times: 2 });
    const hits = () => Array.from({ length: 4 }, () => faults.nextRequestFault({ method: 'GET', path: app }) !== null);
    expect(hits()).toEqual([true, true, false, false]);
    faults.ask({ name: 'azure:503', times: null, path: null, method: null });
    expect(hits()).toEqual([true, true, true, true]);
    faults.clear();
    expect(hits()).toEqual([false, false, false, false]);
  });

  test('spares a person when told so, and tells how often it struck', () => {
    const faults = faultBoard((token) => token === 'a-token');
    const asked = faults.ask({ name: 'azure:503', times: 2, path: null, method: null, by: 'bot' });
    const from = (authorization: string) => faults.nextRequestFault({ method: 'GET', path: app, headers: { authorization } })?.name ?? null;
    expect([from('Bearer a-token'), from('Bearer of-a-bot'), asked.struck, asked.left]).toEqual([null, 'azure:503', 1, 1]);
    expect([from('Bearer of-a-bot'), from('Bearer of-a-bot')]).toEqual(['azure:503', null]);
    expect([faults.list(), faults.all()]).toEqual([[], [{ id: 'azure-1', name: 'azure:503', times: 2, path: null, method: null, after: 0, by: 'bot', struck: 2, left: 0 }]]);
    expect([faults.cancel('azure-2'), faults.cancel('azure-1'), faults.all()]).toEqual([false, true, []]);
  });
});
