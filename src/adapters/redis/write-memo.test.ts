import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { tenantId } from '../../kernel/ids.ts';
import { redisWriteMemo } from './write-memo.ts';

const tenant = tenantId(1, 2);
const written = { hash: 'h', id: 7, url: 'https://github.com/acme/shop/runs/7', appended: null };

function memoOver(kept: Map<string, string>) {
  const redis = { get: async (key: string) => kept.get(key) ?? null, set: async (key: string, json: string) => void kept.set(key, json) };
  return redisWriteMemo(redis as unknown as Redis); // the memo calls no more of it
}

test.each([
  { json: JSON.stringify({ ...written, id: undefined }), reason: 'it has no id' },
  { json: '{}', reason: 'it is of another version' },
  { json: '"', reason: 'it is no JSON' },
])('what was written and cannot be read is lost, and written again: $reason', async ({ json }) => {
  const kept = new Map<string, string>();
  const memo = memoOver(kept);
  await memo.set(tenant, 'check', written);
  expect(await memo.get(tenant, 'check')).toEqual(written);
  for (const key of kept.keys()) kept.set(key, json);
  expect(await memo.get(tenant, 'check')).toBeNull();
  await memo.set(tenant, 'check', written);
  expect(await memo.get(tenant, 'check')).toEqual(written);
});
