import { describe, expect, it } from 'vitest';
import { fc } from '../../support/property.ts';
import { Bindings } from './bindings.ts';
import { compareJson, emptyComparison, type Comparison, type OpaquePlace } from './comparing.ts';
import { compareHeaders, retryAfterFault } from './headers.ts';

function compared(recorded: unknown, ours: unknown, opaque: readonly OpaquePlace[] = []): Comparison {
  const into = emptyComparison();
  compareJson('body', recorded, ours, into, { bindings: new Bindings(), opaque });
  return into;
}

const one = '11111111-1111-4111-8111-111111111111';
const two = '22222222-2222-4222-8222-222222222222';

const seen = [
  { reason: 'another value', recorded: { a: 1 }, ours: { a: 2 }, at: 'body.a' },
  { reason: 'a number as text', recorded: { a: 80 }, ours: { a: '80' }, at: 'body.a' },
  { reason: 'a field that is not there', recorded: { a: 1, b: 2 }, ours: { a: 1 }, at: 'body.b' },
  { reason: 'a field too many', recorded: { a: 1 }, ours: { a: 1, b: null }, at: 'body.b' },
  { reason: 'null in place of nothing', recorded: {}, ours: { a: null }, at: 'body.a' },
  { reason: 'an empty list in place of null', recorded: { a: null }, ours: { a: [] }, at: 'body.a' },
  { reason: 'an item too few', recorded: [1, 2], ours: [1], at: 'body.length' },
  { reason: 'another order', recorded: ['x', 'y'], ours: ['y', 'x'], at: 'body[0]' },
  { reason: 'another case', recorded: { type: 'Microsoft.App/containerApps' }, ours: { type: 'Microsoft.App/containerapps' }, at: 'body.type' },
  { reason: 'no body', recorded: { a: 1 }, ours: null, at: 'body' },
  { reason: 'a time without its zone', recorded: '2024-05-06T07:03:58.1Z', ours: '2030-01-01T00:00:00.1', at: 'body' },
  { reason: 'a time without its fraction', recorded: '2024-05-06T07:03:58.1Z', ours: '2030-01-01T00:00:00Z', at: 'body' },
  { reason: 'a revision of another app', recorded: 'web--abc1234', ours: 'api--abc1234', at: 'body' },
  { reason: 'a counted name in place of a random one', recorded: 'web--abc1234', ours: 'web--0000001', at: 'body' },
  { reason: 'another count', recorded: 'web--0000001', ours: 'web--0000002', at: 'body' },
  { reason: 'a reference to another revision', recorded: ['web--abc1234', 'web--def5678', 'web--abc1234'], ours: ['web--bcd2345', 'web--efg6789', 'web--efg6789'], at: 'body[2]' },
  { reason: 'one revision where two were', recorded: ['web--abc1234', 'web--def5678'], ours: ['web--bcd2345', 'web--bcd2345'], at: 'body[1]' },
  { reason: 'the domain of another environment', recorded: ['a.red-00000001.eastus.azurecontainerapps.io', 'b.red-00000001.eastus.azurecontainerapps.io'], ours: ['a.sea-00000002.eastus.azurecontainerapps.io', 'b.sea-00000003.eastus.azurecontainerapps.io'], at: 'body[1]' },
  { reason: 'one identity in place of two', recorded: { principalId: one, clientId: two }, ours: { principalId: two, clientId: two }, at: 'body.clientId' },
  { reason: 'a key that names another identity', recorded: [one, { [one]: 1 }], ours: [two, { [one]: 1 }], at: `body[1].${one}` },
  { reason: 'a time that has not moved on', recorded: ['2024-05-06T07:03:58.1', '2024-05-06T07:05:58.1'], ours: ['2030-01-01T00:00:00.1', '2030-01-01T00:00:00.1'], at: 'body[1]' },
  { reason: 'a time that has moved on', recorded: ['2024-05-06T07:03:58.1', '2024-05-06T07:03:58.1'], ours: ['2030-01-01T00:00:00.1', '2030-01-01T00:00:01.1'], at: 'body[1]' },
];

const same = [
  { reason: 'other names for the same things', recorded: ['web--abc1234', `/x/${one}`, 'web--abc1234'], ours: ['web--bcd2345', `/x/${two}`, 'web--bcd2345'] },
  { reason: 'another time, in the same order', recorded: ['2024-05-06T07:03:58.1', '2024-05-06T07:05:58.1'], ours: ['2030-01-01T00:00:00.1', '2030-01-01T00:00:01.1'] },
  { reason: 'a fraction of fewer digits', recorded: ['2024-05-06T07:03:58.12', '2024-05-06T07:03:58.12'], ours: ['2030-01-01T00:00:00.1000000', '2030-01-01T00:00:00.1000000'] },
  { reason: 'keys in another order', recorded: { a: 1, b: [] }, ours: { b: [], a: 1 } },
];

describe('what is compared with a recording', () => {
  it.each(seen)('sees $reason', ({ recorded, ours, at }) => {
    expect(compared(recorded, ours).differences.map(({ path }) => path)).toContain(at);
  });

  it.each(same)('is the same with $reason', ({ recorded, ours }) => {
    expect(compared(recorded, ours).differences).toEqual([]);
  });

  it('is the same as itself, and no longer when any value of it is another', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), leaf, { minKeys: 1 }), fc.nat(), (fields, at) => {
        const body = { ...fields };
        const keys = Object.keys(body);
        const changed = keys[at % keys.length] ?? '';
        expect(compared(body, body).differences).toEqual([]);
        expect(compared(body, { ...body, [changed]: { other: true } }).differences).toHaveLength(1);
        const { [changed]: _left, ...rest } = body;
        expect(compared(body, rest).differences).toHaveLength(1);
      }),
    );
  });

  it('counts what was compared, and how', () => {
    const place: OpaquePlace = { path: /^body\.version$/, looks: (value) => typeof value === 'string', reason: 'any' };
    expect(compared({ a: 1, b: 'web--abc1234', version: '1', c: [] }, { a: 1, b: 'web--bcd2345', version: '2', c: [] }, [place])).toMatchObject({ exact: 2, masked: 1, opaque: 1, differences: [] });
    expect(compared({ version: '1' }, { version: 2 }, [place]).differences).toHaveLength(1);
  });
});

const address = (id: string) => `https://management.azure.com/x/${id}?api-version=1`;

const headers = [
  { reason: 'a header that is not there', recorded: { location: address(one) }, ours: {}, at: 'header location' },
  { reason: 'a header too many', recorded: {}, ours: { 'azure-asyncoperation': address(one) }, at: 'header azure-asyncoperation' },
  { reason: 'addresses of two operations in place of one', recorded: { location: address(one), 'azure-asyncoperation': address(one) }, ours: { location: address(two), 'azure-asyncoperation': address(one) }, at: 'header location' },
  { reason: 'another type of content', recorded: { 'content-type': 'application/json; charset=utf-8' }, ours: { 'content-type': 'text/html' }, at: 'header content-type' },
  { reason: 'a version that is not served', recorded: { 'api-supported-versions': '1, 2' }, ours: { 'api-supported-versions': '1, 3' }, at: 'header api-supported-versions' },
  { reason: 'a header that nobody has thought about', recorded: { etag: '1' }, ours: { etag: '1' }, at: 'header etag' },
];

const patience = [
  { reason: 'an accepted write', method: 'PUT', status: 201, sent: { 'azure-asyncoperation': 'x', 'retry-after': '15' }, isFault: false },
  { reason: 'an accepted write without it', method: 'PATCH', status: 202, sent: { 'azure-asyncoperation': 'x' }, isFault: true },
  { reason: 'an answer with a status', method: 'GET', status: 200, sent: { 'retry-after': '2' }, isFault: true },
  { reason: 'a refusal', method: 'PUT', status: 400, sent: {}, isFault: false },
];

describe('headers that clients go by', () => {
  it.each(headers)('sees $reason', ({ recorded, ours, at }) => {
    const into = emptyComparison();
    compareHeaders(recorded, ours, into, new Bindings());
    expect(into.differences.map(({ path }) => path)).toContain(at);
  });

  it('takes no notice of a signature that the recorder removed', () => {
    const into = emptyComparison();
    compareHeaders({ location: address(one) }, { location: `${address(two)}&t=1&c=abc&s=d&h=e` }, into, new Bindings());
    expect(into.differences).toEqual([]);
  });

  it.each(patience)('asks for patience: $reason', ({ method, status, sent, isFault }) => {
    expect(retryAfterFault(method, status, sent) !== null).toBe(isFault);
  });
});
