import { describe, expect, test } from 'vitest';
import { canaryMaker } from '../../../../test/support/canaries.ts';
import { mayBeSecret } from './inline-secret.ts';

describe('a text that nobody has put into Git yet', () => {
  test('may be a secret when it is a generated password, whatever its signs', () => {
    const make = canaryMaker(5);
    const left = Array.from({ length: 200 }, () => make('', null).text).filter((text) => !mayBeSecret(text, 'NOTE'));
    expect(left).toEqual([]);
  });

  test.each([
    'https://orders.westeurope.azurecontainerapps.io/v2/Orders?page=1&size=100',
    '/subscriptions/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f/resourceGroups/rg-Shop1/providers/Microsoft.App/containerApps/web',
    '0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    '2026-11-24T08:15:30.123Z',
    '{"NewCart":true,"Checkout2":{"enabled":false}}',
    'Europe/Berlin,America/New_York,Asia/Tokyo2',
    'contoso.azurecr.io/Checkout:1.10.0-rc.1',
  ])('is none when people write such: %s', (text) => {
    expect(mayBeSecret(text, 'NOTE')).toBe(false);
  });
});
