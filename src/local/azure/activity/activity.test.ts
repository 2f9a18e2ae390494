import { describe, expect, test } from 'vitest';
import { principals } from '../entra/principals.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { activityLog } from './activity-log.ts';
import { readActivityFilter } from './activity-query.ts';
import { recorded } from './recording.ts';

const now = Date.UTC(2026, 10, 24);
const day = 86_400_000;
const group = '/subscriptions/s/resourcegroups/rg';

function worldOf(delayMs = 0) {
  let at = now;
  const log = activityLog({ now: () => at }, () => delayMs);
  const known = principals();
  known.add({ principalId: 'p1', clientId: 'c1', kind: 'User', name: 'maria@contoso.example' });
  known.add({ principalId: 'p2', clientId: 'c2', kind: 'ServicePrincipal', name: 'trueup' });
  return {
    log,
    advance: (ms: number) => void (at += ms),
    events: () => log.events().map(({ status, answered, write }) => [status, answered, write.action]),
    async send(method: string, path: string, answer: AzureAnswer | null, principalId = 'p1') {
      const request: AzureRequest = { method, host: '', origin: '', path, segments: path.split('/').filter(Boolean), query: new Map(), headers: {}, body: null, principalId };
      return recorded(() => answer, log, known)(request);
    },
  };
}

describe('the Activity Log', () => {
  const write = 'Microsoft.App/containerApps/write';
  const app = `${group}/providers/microsoft.app/containerapps/checkout`;
  const accepted = { status: 202, headers: { 'azure-asyncoperation': 'https://x/subscriptions/s/providers/Microsoft.App/locations/we/containerappOperationStatuses/OP-1?t=1' } };

  test.each<{ reason: string; method: string; path?: string; answer: AzureAnswer | null; events: readonly unknown[] }>([
    { reason: 'a write that is done at once', method: 'PUT', path: group, answer: { status: 201 }, events: [['Succeeded', 201, 'Microsoft.Resources/subscriptions/resourceGroups/write'], ['Started', null, 'Microsoft.Resources/subscriptions/resourceGroups/write']] },
    { reason: 'a write that goes on', method: 'PATCH', answer: accepted, events: [['Accepted', 202, write], ['Started', null, write]] },
    { reason: 'a write that is refused', method: 'PATCH', answer: { status: 409 }, events: [['Failed', 409, write], ['Started', null, write]] },
    { reason: 'an action', method: 'POST', path: `${app}/revisions/checkout--1/deactivate`, answer: { status: 200 }, events: ['Succeeded', 'Started'].map((status) => [status, status === 'Started' ? null : 200, 'Microsoft.App/containerApps/revisions/deactivate/action']) },
    { reason: 'no read', method: 'GET', answer: { status: 200 }, events: [] },
    { reason: 'no deletion of what is not there', method: 'DELETE', answer: { status: 204 }, events: [] },
    { reason: 'nothing where the group is not there', method: 'PUT', answer: { status: 404 }, events: [] },
    { reason: 'nothing of what is not modelled', method: 'PUT', answer: null, events: [] },
  ])('has $reason', async ({ method, path = app, answer, events }) => {
    const world = worldOf();
    await world.send(method, path, answer);
    expect(world.events()).toEqual(events);
  });

  test.each([
    { failed: false, last: ['Succeeded', 200, write] },
    { failed: true, last: ['Failed', 500, write] },
  ])('tells how an operation ended, failed: $failed', async ({ failed, last }) => {
    const world = worldOf();
    const answer = await world.send('PATCH', app, accepted);
    world.log.ended('op-1', failed);
    world.log.ended('op-1', failed);
    world.log.ended('another', failed);
    expect(world.events()).toEqual([last, ['Accepted', 202, write], ['Started', null, write]]);
    expect(new Set(world.log.events().map(({ write: { correlationId } }) => correlationId))).toEqual(new Set([answer?.headers?.['x-ms-correlation-request-id']]));
  });

  test('calls people by their names and programs by nothing but ids', async () => {
    const world = worldOf();
    await world.send('PUT', group, { status: 200 });
    await world.send('PUT', group, { status: 200 }, 'p2');
    expect(new Set(world.log.events().map(({ write: { caller } }) => caller.name))).toEqual(new Set([null, 'maria@contoso.example']));
  });

  test('tells of nothing before its time and of nothing after 90 days', async () => {
    const world = worldOf(60_000);
    await world.send('PUT', group, { status: 200 });
    const seen = [59_999, 1, 90 * day - 60_001, 1].map((ms) => (world.advance(ms), world.events().length));
    expect(seen).toEqual([0, 2, 2, 0]);
  });
});

describe('its filter', () => {
  const from = "eventTimestamp ge '2026-11-23T00:00:00Z'";
  const start = Date.UTC(2026, 10, 23);
  test.each<{ reason: string; text: string; is: unknown }>([
    { reason: 'a start', text: from, is: { from: start, to: null, wanted: [] } },
    { reason: 'start, end and group', text: `${from} and eventTimestamp le '2026-11-24T00:00:00Z' and resourceGroupName eq 'rg'`, is: { from: start, to: now, wanted: [{ field: 'resourceGroupName', operator: 'eq', value: 'rg' }] } },
    { reason: 'bare times, as the CLI writes them', text: 'eventTimestamp ge 2026-11-23T00:00:00+00:00', is: { from: start, to: null, wanted: [] } },
    { reason: 'words of an operator inside of a text', text: `${from} and caller eq 'tom and ''jerry'' eq'`, is: { from: start, to: null, wanted: [{ field: 'caller', operator: 'eq', value: "tom and 'jerry' eq" }] } },
    { reason: 'no filter', text: '', is: { refusal: '$filter searching parameters invalid' } },
    { reason: 'no start', text: "resourceGroupName eq 'rg'", is: { refusal: '$filter searching parameters invalid' } },
    { reason: 'a start that is no time', text: "eventTimestamp ge 'yesterday'", is: { refusal: '$filter searching parameters invalid' } },
    { reason: 'what is no filter', text: `${from} or status eq 'Failed'`, is: { refusal: '$filter searching parameters invalid' } },
    { reason: 'a start that is too long ago', text: "eventTimestamp ge '2026-08-25T00:00:00Z'", is: { refusal: 'The start time cannot be more than 90 days in the past.' } },
    { reason: 'a field that is not modelled', text: `${from} and levels eq 'Critical'`, is: null },
  ])('$reason', ({ text, is }) => {
    expect(readActivityFilter(text, now)).toEqual(is);
  });
});
