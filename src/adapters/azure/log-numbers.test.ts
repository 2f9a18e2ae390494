import { describe, expect, test } from 'vitest';
import { azureUnderTest, contoso, signal, workspace } from '../../../test/support/azure-under-test.ts';

const question = { workspace, query: 'AppLogs | count', minutes: 7 };

function tableOf(type: string, ...rows: readonly (readonly unknown[])[]): object {
  const columns = (rows[0] ?? ['']).map((_, index) => ({ name: `c${index}`, type }));
  return { tables: [{ name: 'PrimaryResult', columns, rows }] };
}

describe('a number from Log Analytics', () => {
  test.each([
    { reason: 'a count', body: tableOf('long', [12]), is: 12 },
    { reason: 'a fraction', body: tableOf('real', [0.25]), is: 0.25 },
    { reason: 'a decimal, which comes as text', body: tableOf('decimal', ['12.50']), is: 12.5 },
    { reason: 'an empty table is no number', body: tableOf('long'), is: null },
    { reason: 'no table is no number', body: { tables: [] }, is: null },
    { reason: 'a value that is not there', body: tableOf('real', [null]), is: null },
    { reason: 'what is no finite number', body: tableOf('real', ['NaN']), is: null },
    { reason: 'a text that looks like a number', body: tableOf('string', ['12']), is: null },
    { reason: 'a decimal that is none', body: tableOf('decimal', ['']), is: null },
  ])('$is: $reason', async ({ body, is }) => {
    await using world = await azureUnderTest(() => ({ status: 200, body }));
    await expect(world.logs.ask(contoso, question, signal)).resolves.toBe(is);
  });

  test('is asked for at the one host of Log Analytics, with a token', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: tableOf('long', [1]) }));
    await world.logs.ask(contoso, question, signal);
    expect(world.azure.requests).toMatchObject([{ method: 'POST', host: 'api.loganalytics.io', path: `/v1/workspaces/${workspace}/query`, authorization: expect.stringMatching(/^Bearer /) }]);
    expect(world.observed).toMatchObject([{ operation: 'logs.query', status: 200 }]);
  });

  const refusal = (code: string) => ({ error: { code, message: 'Some words of the query', innererror: { code: 'SyntaxError', message: 'near password' } } });
  test.each([
    { reason: 'a wrong query', answer: { status: 400, body: refusal('BadArgumentError') }, error: { name: 'Rejected', code: 'BadArgumentError' } },
    { reason: 'several rows', answer: { status: 200, body: tableOf('long', [1], [2]) }, error: { name: 'Rejected', code: 'NotOneNumber' } },
    { reason: 'several columns', answer: { status: 200, body: tableOf('long', [1, 2]) }, error: { name: 'Rejected', code: 'NotOneNumber' } },
    { reason: 'no right', answer: { status: 403, body: refusal('InsufficientAccessError') }, error: { name: 'NotAllowed', code: 'InsufficientAccessError' } },
    { reason: 'too many', answer: { status: 429, headers: { 'retry-after': '3' } }, error: { name: 'Throttled', retryAfterMs: 3000 } },
    { reason: 'too slow', answer: { status: 504 }, error: { name: 'Unavailable' } },
    { reason: 'a part of the rows', answer: { status: 200, body: { ...tableOf('long', [1]), error: { code: 'PartialError' } } }, error: { name: 'Unavailable', code: 'PartialAnswer' } },
    { reason: 'no JSON', answer: { status: 200, body: 'x' }, error: { name: 'Unavailable', code: 'UnexpectedAnswer' } },
  ])('is refused in our own words: $reason', async ({ answer, error }) => {
    await using world = await azureUnderTest(() => answer);
    const thrown: unknown = await world.logs.ask(contoso, question, signal).catch((one: unknown) => one);
    expect(thrown).toMatchObject(error);
    expect(String(thrown)).not.toMatch(/words|password/);
  });

  test('is not asked for where the workspace is not granted', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: tableOf('long', [1]) }));
    await expect(world.logs.ask(contoso, { ...question, workspace: '0a1b2c3d-0000-4000-8000-00000000000b' }, signal)).rejects.toMatchObject({ code: 'OutsideGrant' });
    expect(world.azure.requests).toEqual([]);
  });

  test('is not asked for where the query leaves the granted workspace', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: tableOf('long', [1]) }));
    await expect(world.logs.ask(contoso, { ...question, query: 'workspace("0a1b2c3d-0000-4000-8000-00000000000b").AppLogs | count' }, signal)).rejects.toMatchObject({ name: 'Rejected', code: 'OutsideWorkspace' });
    expect(world.azure.requests).toEqual([]);
  });

  test('that nobody waits for any more is not asked for', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: tableOf('long', [1]) }));
    await expect(world.logs.ask(contoso, question, AbortSignal.abort())).rejects.toMatchObject({ name: 'Unavailable', code: 'Aborted' });
  });
});
