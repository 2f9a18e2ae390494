import type { Redis } from 'ioredis';
import { parsedFileSchema } from '../../gitops/domain/parsed-file.ts';
import type { FileKey, ParsedFileCache } from '../../gitops/ports.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { prefix } from './keys.ts';

const keptForSeconds = 30 * 86_400;
/** Raised when the parser starts to answer differently. */
const parserVersion = 1;

/** @see ParsedFileCache */
export function redisParsedFiles(redis: Redis): ParsedFileCache {
  const keyOf = (tenant: TenantId, { blob, path }: FileKey): string => `${prefix}:${tenant}:parsed:${parserVersion}:${blob}:${path}`;
  return {
    async load(tenant, keys) {
      if (keys.length === 0) return [];
      const found = await redis.mget(keys.map((key) => keyOf(tenant, key)));
      return found.map((json) => (json === null ? null : parsedFileSchema.parse(JSON.parse(json))));
    },
    async save(tenant, entries) {
      const pipeline = redis.pipeline();
      for (const [key, file] of entries) pipeline.set(keyOf(tenant, key), JSON.stringify(file), 'EX', keptForSeconds);
      await pipeline.exec();
    },
  };
}
