import { describe, expect, it } from 'vitest';
import { tokenAuthority } from './tokens.ts';

/** Far from the machine's time. */
const now = Date.UTC(2031, 4, 5, 6, 7, 8);
const tokens = tokenAuthority('11111111-1111-4111-8111-111111111111', { now: () => now });

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

describe('the times in a token are those of its world', () => {
  it.each([
    { reason: 'an access token', token: () => tokens.issue({ audience: 'a', principalId: 'p', clientId: 'c', expiresAt: now + 3_600_000 }), times: { iat: now / 1000, nbf: now / 1000, exp: now / 1000 + 3600 } },
    { reason: 'an assertion', token: () => tokens.issueAssertion({ subject: 's', audience: 'a', expiresAt: now + 7_200_000 }), times: { iat: now / 1000, exp: now / 1000 + 7200 } },
    { reason: 'an assertion that has expired was issued before', token: () => tokens.issueAssertion({ subject: 's', audience: 'a', expiresAt: now - 1000 }), times: { iat: now / 1000 - 3601, exp: now / 1000 - 1 } },
  ])('$reason', ({ token, times }) => {
    expect(claimsOf(token())).toMatchObject(times);
  });
});
