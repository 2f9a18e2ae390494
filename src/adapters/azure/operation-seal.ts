import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TenantId } from '../../kernel/ids.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { OperationToken } from '../../kernel/operation.ts';

/** Encrypts what resumes an operation, so that a store that is read by somebody else gives away no signed address. */
export interface OperationSeal {
  seal(tenant: TenantId, text: string): OperationToken;
  /** Null when it was changed, sealed with another key or for another tenant. */
  open(tenant: TenantId, token: OperationToken): string | null;
}

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** @throws {RangeError} when the key has not 32 bytes. */
export function operationSeal(key: Secret<Uint8Array>): OperationSeal {
  if (key.reveal().length !== 32) throw new RangeError('The key that seals operations must have 32 bytes');
  return {
    seal(tenant, text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, key.reveal(), iv, { authTagLength: tagBytes }).setAAD(boundTo(tenant));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      // This is the only place that makes tokens.
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url') as OperationToken;
    },
    open(tenant, token) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length < ivBytes + tagBytes) return null;
      const decipher = createDecipheriv(algorithm, key.reveal(), bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
      decipher.setAAD(boundTo(tenant)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}

function boundTo(tenant: TenantId): Buffer {
  return Buffer.from(`trueup-operation:${tenant}`);
}
