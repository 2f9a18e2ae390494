import { describe, expect, test } from 'vitest';
import { causedBy, emit, isTraceOf, newOrigin, parseEnvelope, scheduledOrigin, seal } from './envelope.ts';
import { tenantId } from './ids.ts';

const uuid = '0b6a2b0e-0000-4000-8000-000000000001';
const ids = { uuid: () => uuid };
const clock = { now: () => Date.parse('2026-11-24T05:00:00Z') };
const tenant = tenantId(100, 7, 'contoso');

function sample() {
  return seal(emit('CheckHealth', tenant, { environment: 'prod' }), newOrigin('delivery-1', ids), uuid, clock);
}

describe('the envelope', () => {
  test('survives JSON and says what caused it', () => {
    const envelope = parseEnvelope(JSON.parse(JSON.stringify(sample())));
    expect(envelope).toEqual(sample());
    expect(causedBy(envelope)).toEqual({ traceId: envelope.traceId, correlationId: envelope.correlationId, causationId: `evt-${uuid}` });
  });

  test.each([
    { change: { extra: 1 }, reason: 'ten fields and no others' },
    { change: { tenantId: '' }, reason: 'a message without a tenant belongs to nobody' },
    { change: { eventType: 'Nonsense' }, reason: 'only messages of the catalogue' },
    { change: { eventType: '__proto__' }, reason: 'inherited names are not messages' },
    { change: { eventId: uuid }, reason: 'ids carry their prefix' },
    { change: { occurredAt: 'yesterday' }, reason: 'times are ISO-8601 UTC' },
    { change: { payload: {} }, reason: 'the type fixes the payload' },
    { change: { payload: { environment: 'prod', token: 'x' } }, reason: 'payloads carry nothing that they do not declare' },
  ])('refuses $change: $reason', ({ change }) => {
    expect(() => parseEnvelope({ ...sample(), ...change })).toThrow();
  });
});

test('the trace of a schedule is a UUID of version 8 that tells which schedule it was', () => {
  const { traceId } = scheduledOrigin('drift-detection/scan-drift', { uuid: () => '72d3162e-cc78-41e3-91ab-4c9367dc0958' });
  expect(traceId).toMatch(/^trace-72d3162e-cc78-81e3-91ab-[0-9a-f]{12}$/);
  expect([isTraceOf(traceId, 'drift-detection/scan-drift'), isTraceOf(traceId, 'drift-detection/follow-activity')]).toEqual([true, false]);
});
