import { fc, test as property } from '../../test/support/property.ts';
import { describe, expect, test } from 'vitest';
import { isTenantId, parseTenantId, repositoryTenantId, tenantId, tenantScope } from './ids.ts';

describe('tenant ids', () => {
  test.each([
    { text: '', reason: 'empty must never mean every tenant' },
    { text: '100.', reason: 'an empty repository is not "no repository"' },
    { text: '100.7.', reason: 'an empty tenant is not "no tenant"' },
    { text: '0.7.contoso', reason: 'GitHub ids start at 1' },
    { text: '100.7.Contoso', reason: 'slugs are lower case' },
    { text: '100.7.contoso.x', reason: 'four parts name nothing' },
    { text: '100.7.con toso', reason: 'spaces would split keys' },
    { text: '100.7.cоntoso', reason: 'a Cyrillic letter looks alike' },
    { text: ' 100.7', reason: 'no trimming: equal ids are equal texts' },
  ])('$text is refused: $reason', ({ text }) => {
    expect(isTenantId(text)).toBe(false);
    expect(() => parseTenantId(text)).toThrow(RangeError);
  });

  property('what is built is read back', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.integer({ min: 1 }), fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/), (installationId, repositoryId, tenant) => {
        const id = tenantId(installationId, repositoryId, tenant);
        expect(tenantScope(id)).toEqual({ installationId, repositoryId, tenant });
        expect(repositoryTenantId(id)).toBe(tenantId(installationId, repositoryId));
      }),
    ),
  );
});
