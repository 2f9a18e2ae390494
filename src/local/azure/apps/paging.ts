import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';

/** The real page size is not documented; lists of 25 were seen whole (facts/azure.md A1.4). */
const pageSize = 30;

/** One page of a list, with the address of the next. */
export function page(request: AzureRequest, rows: readonly JsonObject[]): AzureAnswer {
  const offset = Number(Buffer.from(request.query.get('$skiptoken') ?? '', 'base64url').toString()) || 0;
  const next = offset + pageSize;
  const token = Buffer.from(String(next)).toString('base64url');
  const nextLink = `${request.origin}${request.path}?api-version=${request.query.get('api-version') ?? ''}&$skiptoken=${token}`;
  return { status: 200, body: { value: rows.slice(offset, next), ...(next < rows.length && { nextLink }) } };
}
