import { digestOf } from '../../kernel/digest.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Repositories } from './repositories.ts';
import type { WriteMemo, Written } from './write-memo.ts';

interface CommentWriterOptions {
  readonly repositories: Repositories;
  readonly memo: WriteMemo;
  readonly appId: number;
}

type WriteComment = (tenant: TenantId, number: number, kind: string, body: string, signal: AbortSignal) => Promise<string>;

/** The one comment of a kind on a pull request, found by a marker in comments of this App only: anybody can write a marker. */
export function commentWriter({ repositories, memo, appId }: CommentWriterOptions): WriteComment {
  return async (tenant, number, kind, body, signal) => {
    const key = `comment:${number}:${kind}`;
    const hash = digestOf(body);
    const known = (await memo.get(tenant, key)) ?? (await find(repositories, tenant, { number, kind, appId }));
    if (known?.hash === hash) return known.url;
    const text = `${body}\n\n<!-- trueup:${kind}:${hash} -->`;
    const edited = known === null ? null : await edit(repositories, tenant, known.id, text, signal);
    const written = edited ?? (await create(repositories, tenant, number, text, signal));
    await memo.set(tenant, key, { ...written, hash, appended: null });
    return written.url;
  };
}

async function find(repositories: Repositories, tenant: TenantId, { number, kind, appId }: { readonly number: number; readonly kind: string; readonly appId: number }): Promise<Written | null> {
  const comments = await repositories.call(tenant, 'listing comments', (client, at) =>
    client.paginate(client.rest.issues.listComments, { ...at, issue_number: number, per_page: 100 }),
  );
  for (const { id, html_url, body, performed_via_github_app: app } of comments) {
    const marker = /<!-- trueup:([a-z-]+):([0-9a-f]{64}) -->\s*$/.exec(body ?? '');
    if (app?.id === appId && marker?.[1] === kind) return { hash: marker[2] ?? '', id, url: html_url, appended: null };
  }
  return null;
}

/** Null when somebody deleted it. */
function edit(repositories: Repositories, tenant: TenantId, id: number, body: string, signal: AbortSignal): Promise<{ readonly id: number; readonly url: string } | null> {
  return repositories.callOrNull(tenant, 'editing a comment', async (client, at) => {
    const { data } = await client.rest.issues.updateComment({ ...at, comment_id: id, body, request: { signal } });
    return { id: data.id, url: data.html_url };
  });
}

function create(repositories: Repositories, tenant: TenantId, number: number, body: string, signal: AbortSignal): Promise<{ readonly id: number; readonly url: string }> {
  return repositories.call(tenant, 'writing a comment', async (client, at) => {
    const { data } = await client.rest.issues.createComment({ ...at, issue_number: number, body, request: { signal } });
    return { id: data.id, url: data.html_url };
  });
}
