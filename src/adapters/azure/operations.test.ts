import { describe, expect, test } from 'vitest';
import { azureUnderTest, checkout, contoso, place, signal } from '../../../test/support/azure-under-test.ts';
import { tenantId } from '../../kernel/ids.ts';
import type { OperationToken } from '../../kernel/operation.ts';
import type { ScriptedAnswer } from '../../../test/support/scripted-azure.ts';

const statusUrl = `https://management.azure.com/subscriptions/${place.subscription}/providers/Microsoft.App/locations/westeurope/containerappOperationStatuses/1?api-version=2025-01-01&t=639&c=${'C'.repeat(3000)}&s=sig%2Bnature`;
const resultUrl = statusUrl.replace('Statuses', 'Results');

async function worldWhere(headers: Readonly<Record<string, string>>, answer: ScriptedAnswer) {
  const world = await azureUnderTest(({ method }) => (method === 'PATCH' ? { status: 202, headers } : answer));
  return { world, token: await world.apps.patch(contoso, checkout, {}, signal), [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

describe('an operation', () => {
  const byStatus = { 'azure-asyncoperation': statusUrl, location: resultUrl, 'retry-after': '15' };
  const byResult = { location: resultUrl };
  const failure = { code: 'ContainerAppOperationError', message: "Failed to provision revision. Field 'template.containers.main.image' is invalid with details: MANIFEST_UNKNOWN" };

  test.each([
    { reason: 'runs', headers: byStatus, answer: { status: 200, body: { status: 'InProgress' } }, is: { status: 'running', lookAgainMs: 5000 } },
    { reason: 'runs, and Azure asks for patience', headers: byStatus, answer: { status: 200, headers: { 'retry-after': '15' }, body: { status: 'InProgress' } }, is: { status: 'running', lookAgainMs: 15_000 } },
    { reason: 'runs, in words of another year', headers: byStatus, answer: { status: 200, body: { status: 'Accepted' } }, is: { status: 'running', lookAgainMs: 5000 } },
    { reason: 'succeeded', headers: byStatus, answer: { status: 200, body: { status: 'Succeeded' } }, is: { status: 'succeeded' } },
    { reason: 'failed, with a field', headers: byStatus, answer: { status: 200, body: { status: 'Failed', error: failure } }, is: { status: 'failed', code: 'ContainerAppOperationError', field: 'template.containers.main.image' } },
    { reason: 'failed without saying why', headers: byStatus, answer: { status: 200, body: { status: 'Failed' } }, is: { status: 'failed', code: 'OperationFailed', field: null } },
    { reason: 'was canceled', headers: byStatus, answer: { status: 200, body: { status: 'Canceled' } }, is: { status: 'failed', code: 'OperationCanceled', field: null } },
    { reason: 'is forgotten', headers: byStatus, answer: { status: 404 }, is: { status: 'unknown' } },
    { reason: 'runs, known by its result only', headers: byResult, answer: { status: 202, headers: { 'retry-after': '7' } }, is: { status: 'running', lookAgainMs: 7000 } },
    { reason: 'has its result', headers: byResult, answer: { status: 200, body: {} }, is: { status: 'succeeded' } },
    { reason: 'has no result but is over', headers: byResult, answer: { status: 204 }, is: { status: 'succeeded' } },
    { reason: 'has an error as its result', headers: byResult, answer: { status: 400, body: { error: failure } }, is: { status: 'failed', code: 'ContainerAppOperationError', field: 'template.containers.main.image' } },
    { reason: 'has no address: the resource runs', headers: {}, answer: { status: 200, body: { properties: { provisioningState: 'InProgress' } } }, is: { status: 'running', lookAgainMs: 5000 } },
    { reason: 'has no address: the resource failed', headers: {}, answer: { status: 200, body: { properties: { provisioningState: 'Failed' } } }, is: { status: 'failed', code: 'OperationFailed', field: null } },
  ])('$reason', async ({ headers, answer, is }) => {
    await using started = await worldWhere(headers, answer);
    expect(await started.world.apps.operation(contoso, started.token, signal)).toEqual(is);
  });

  test.each([
    { reason: 'throttled', answer: { status: 429, headers: { 'retry-after': '9' } }, error: { name: 'Throttled', retryAfterMs: 9000 } },
    { reason: 'an outage', answer: { status: 503 }, error: { name: 'Unavailable' } },
    { reason: 'no right', answer: { status: 403 }, error: { name: 'NotAllowed' } },
    { reason: 'an answer without a status', answer: { status: 200, body: {} }, error: { name: 'Unavailable', code: 'UnexpectedAnswer' } },
  ])('cannot be looked at, which says nothing about it: $reason', async ({ answer, error }) => {
    for (const headers of [byStatus, byResult]) {
      if (headers === byResult && answer.status === 200) continue;
      await using started = await worldWhere(headers, answer);
      await expect(started.world.apps.operation(contoso, started.token, signal)).rejects.toMatchObject(error);
    }
  });

  test('its signed address is followed to the letter', async () => {
    await using started = await worldWhere(byStatus, { status: 200, body: { status: 'Succeeded' } });
    await started.world.apps.operation(contoso, started.token, signal);
    expect(`https://management.azure.com${started.world.azure.requests.at(-1)?.path}`).toBe(statusUrl);
  });

  test('is unknown to another tenant and when its token is broken, and nothing is asked', async () => {
    await using started = await worldWhere(byStatus, { status: 200, body: { status: 'Succeeded' } });
    const { world, token } = started;
    expect(await world.apps.operation(tenantId(100, 7, 'fabrikam'), token, signal)).toEqual({ status: 'unknown' });
    expect(await world.apps.operation(contoso, token.slice(2) as OperationToken, signal)).toEqual({ status: 'unknown' });
    expect(world.azure.requests).toHaveLength(1);
  });
});
