import { describe, expect } from 'vitest';
import { fc, test } from '../../../test/support/property.ts';
import { tenantId } from '../../kernel/ids.ts';
import type { OperationToken } from '../../kernel/operation.ts';
import { Secret } from '../../kernel/secret.ts';
import { operationSeal } from './operation-seal.ts';

const key = new Secret(new Uint8Array(32).fill(7));
const contoso = tenantId(100, 7, 'contoso');
const fabrikam = tenantId(100, 7, 'fabrikam');

describe('sealed operations', () => {
  test('open in another process with the same key', () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 4000 }), (text) => {
        expect(operationSeal(key).open(contoso, operationSeal(key).seal(contoso, text))).toBe(text);
      }),
    ));

  test('say nothing to who reads the store', () => {
    const url = 'https://management.azure.com/status?s=signature';
    const token = operationSeal(key).seal(contoso, url);
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('management');
    expect(operationSeal(key).seal(contoso, url)).not.toBe(token);
  });

  test('do not open for another tenant or with another key', () => {
    const token = operationSeal(key).seal(contoso, 'x');
    expect(operationSeal(key).open(fabrikam, token)).toBeNull();
    expect(operationSeal(new Secret(new Uint8Array(32).fill(8))).open(contoso, token)).toBeNull();
  });

  test('do not open when one byte was changed', () => {
    const token = Buffer.from(operationSeal(key).seal(contoso, 'some address'), 'base64url');
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(token);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(operationSeal(key).open(contoso, changed.toString('base64url') as OperationToken)).toBeNull();
      }),
    );
  });

  test('are not made with a short key', () => {
    expect(() => operationSeal(new Secret(new Uint8Array(16)))).toThrow(RangeError);
  });

  test('anything else is not opened', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(operationSeal(key).open(contoso, text as OperationToken)).toBeNull();
      }),
    ));
});
