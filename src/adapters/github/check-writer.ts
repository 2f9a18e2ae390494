import type { Annotation, CheckReport } from '../../gitops/ports.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { checkMark, readCheckMark } from './check-mark.ts';
import type { Repositories } from './repositories.ts';
import type { WriteMemo, Written } from './write-memo.ts';

/** GitHub takes 50 annotations a request and adds them to those that are there. */
const annotationsPerRequest = 50;

interface CheckWriterOptions {
  readonly repositories: Repositories;
  readonly memo: WriteMemo;
  readonly appId: number;
}

type WriteCheck = (tenant: TenantId, report: CheckReport, signal: AbortSignal) => Promise<string>;

/**
 * One check run per name and commit. The content's hash also lies in its `external_id`, so that a lost memo costs a read and not a
 * write. Annotations can only be added, so that other annotations mean another run of the same name, which takes the first one's place.
 */
export function checkWriter({ repositories, memo, appId }: CheckWriterOptions): WriteCheck {
  return async (tenant, report, signal) => {
    const key = `check:${report.commit}:${report.name}`;
    const hash = digestOf(report);
    const appended = report.annotations.length === 0 ? null : digestOf(report.annotations);
    const known = (await memo.get(tenant, key)) ?? (await find(repositories, tenant, report, appId));
    if (known?.hash === hash) return known.url;
    const sameRun = known !== null && (known.appended === null || known.appended === appended);
    const id = sameRun ? known.id : null;
    const added = known?.appended === appended && sameRun ? [] : report.annotations;
    const written = await write({ repositories, tenant, report, hash, id, added, signal });
    await memo.set(tenant, key, { ...written, hash, appended });
    return written.url;
  };
}

async function find(repositories: Repositories, tenant: TenantId, { commit, name }: CheckReport, appId: number): Promise<Written | null> {
  const { data } = await repositories.call(tenant, 'listing checks', (client, at) =>
    client.rest.checks.listForRef({ ...at, ref: commit, check_name: name, app_id: appId, filter: 'latest' }),
  );
  const [run] = data.check_runs;
  if (run === undefined) return null;
  // Which annotations it has is not known: other ones than none are not to be added to.
  const appended = run.output.annotations_count > 0 ? 'unknown' : null;
  return { hash: readCheckMark(run.external_id).hash, id: run.id, url: run.html_url ?? '', appended };
}

interface Write {
  readonly repositories: Repositories;
  readonly tenant: TenantId;
  readonly report: CheckReport;
  readonly hash: string;
  readonly id: number | null;
  readonly added: readonly Annotation[];
  readonly signal: AbortSignal;
}

async function write({ repositories, tenant, report, hash, id, added, signal }: Write): Promise<{ readonly id: number; readonly url: string }> {
  const { title, summary, text } = report;
  const batches = batchesOf(added);
  const body = (batch: readonly Annotation[], last: boolean) => ({
    name: report.name,
    // Only the last write carries the hash: a crash in between is written again.
    external_id: last ? checkMark(report, hash) : '',
    ...(report.conclusion === null ? { status: 'in_progress' as const } : { status: 'completed' as const, conclusion: report.conclusion }),
    output: { title, summary, ...(text !== null && { text }), annotations: batch.map(annotationBody) },
    actions: report.actions.map((action) => ({ ...action })),
    request: { signal },
  });
  return repositories.call(tenant, 'writing a check', async (client, at) => {
    const [first = [], ...rest] = batches;
    const started = body(first, rest.length === 0);
    const { data } = id === null ? await client.rest.checks.create({ ...at, head_sha: report.commit, ...started }) : await client.rest.checks.update({ ...at, check_run_id: id, ...started });
    for (const [index, batch] of rest.entries()) {
      await client.rest.checks.update({ ...at, check_run_id: data.id, ...body(batch, index === rest.length - 1) });
    }
    return { id: data.id, url: data.html_url ?? '' };
  });
}

function batchesOf(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const batches: Annotation[][] = [];
  for (let start = 0; start < annotations.length; start += annotationsPerRequest) batches.push(annotations.slice(start, start + annotationsPerRequest));
  return batches;
}

function annotationBody({ path, startLine, endLine, level, title, message }: Annotation) {
  return { path, start_line: startLine, end_line: endLine, annotation_level: level, title, message };
}
