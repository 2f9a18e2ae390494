import * as z from 'zod';
import { resolveCommit, writeCommit } from '../git/commits.ts';
import { readRef } from '../git/refs.ts';
import { isRefName } from '../git/ref-name.ts';
import { readTree, writeBlobs, writeTree, type TreeEntry } from '../git/trees.ts';
import { HttpProblem, notFound, unprocessable } from '../problem.ts';
import { moveRef } from '../pull-requests/follow.ts';
import { renderGitCommit } from '../render/commit.ts';
import { repositoryPage, repositoryUrl } from '../render/repository.ts';
import { commitPeople, peopleFields } from './commit-people.ts';
import { ok, onRepository, param, parsed, type Answer, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { linesOf } from './git-data.ts';
import { storedCommit } from './lookup.ts';

const read = { app: ['contents:read'], person: 'read' } as const;
const write = { app: ['contents:write'], person: 'write' } as const;

export const contentEndpoints: readonly Endpoint[] = [
  onRepository('GET', '/contents/:path{.*}', read, getContents),
  onRepository('GET', '/contents', read, getContents),
  onRepository('PUT', '/contents/:path{.+}', write, putFile),
  onRepository('DELETE', '/contents/:path{.+}', write, deleteFile),
];

/** GitHub lists no more of a folder. */
const maxFolder = 1000;

async function getContents(call: RepositoryCall): Promise<Answer> {
  const { repository } = call;
  const ref = call.query.get('ref') ?? repository.defaultBranch;
  const commit = await resolveCommit(repository.objects, ref);
  if (!commit) throw new HttpProblem(404, `No commit found for the ref ${ref}`);
  const path = param(call, 'path').replace(/\/$/, '');
  const entry = path === '' ? null : await entryAt(repository.directory, commit.tree, path);
  if (path !== '' && !entry) throw notFound();
  if (entry && entry.type !== 'tree') return file(call, entry, ref);
  const entries = await readTree(repository.directory, entry?.sha ?? commit.tree, { recursive: false });
  return ok(entries.slice(0, maxFolder).map((each) => renderEntry(call, { ...each, path: path === '' ? each.path : `${path}/${each.path}` }, ref)));
}

async function entryAt(directory: string, tree: string, path: string): Promise<TreeEntry | null> {
  if (/[\0\n]|^\/|(^|\/)\.{1,2}(\/|$)/.test(path)) return null;
  const entries = await readTree(directory, tree, { recursive: false, path });
  return entries.find((entry) => entry.path === path) ?? null;
}

/** Larger files come without their content, as on GitHub. */
const maxInline = 1024 * 1024;

async function file(call: RepositoryCall, entry: TreeEntry, ref: string): Promise<Answer> {
  const blob = entry.type === 'blob' ? await call.repository.objects.read(entry.sha) : null;
  const content = blob?.content ?? Buffer.alloc(0);
  if (/\braw\b/.test(call.accept)) return { status: 200, bytes: { content, type: 'application/vnd.github.raw; charset=utf-8' } };
  const inline = content.length <= maxInline;
  return ok({ ...renderEntry(call, entry, ref), encoding: inline ? 'base64' : 'none', content: inline ? linesOf(content) : '' });
}

function renderEntry(call: RepositoryCall, entry: TreeEntry, ref: string) {
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const url = `${repositoryUrl(call.world, call.repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryUrl(call.world, call.repository)}/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${entry.sha}`;
  const html = `${repositoryPage(call.world, call.repository)}/${entry.type === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`;
  const types: Readonly<Record<string, string>> = { '040000': 'dir', '120000': 'symlink', '160000': 'submodule' };
  return {
    type: types[entry.mode] ?? 'file',
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: git,
    download_url: entry.type === 'blob' ? `${repositoryPage(call.world, call.repository)}/raw/${ref}/${path}` : null,
    _links: { self: url, git, html },
  };
}

const change = z.object({ message: z.string().min(1), branch: z.string().optional(), sha: z.string().optional(), ...peopleFields });
const put = change.extend({ content: z.string() });
const removal = change.extend({ sha: z.string() });

async function putFile(call: RepositoryCall): Promise<Answer> {
  const request = parsed(put, call.body);
  const [blob = ''] = await writeBlobs(call.repository.directory, [Buffer.from(request.content, 'base64')]);
  const { commit, existed } = await changeFile(call, request, blob);
  const entry = await entryAt(call.repository.directory, commit.tree, param(call, 'path'));
  const content = entry && renderEntry(call, entry, branchOf(call, request.branch));
  return { status: existed ? 200 : 201, body: { content, commit: renderGitCommit(call.world, call.repository, commit) } };
}

async function deleteFile(call: RepositoryCall): Promise<Answer> {
  // A DELETE may carry its fields in the query instead.
  const request = parsed(removal, { ...Object.fromEntries(call.query), ...(call.body as object) });
  const { commit } = await changeFile(call, request, null);
  return ok({ content: null, commit: renderGitCommit(call.world, call.repository, commit) });
}

function branchOf(call: RepositoryCall, branch: string | undefined): string {
  return (branch ?? call.repository.defaultBranch).replace(/^refs\/heads\//, '');
}

function changeFile(call: RepositoryCall, request: z.infer<typeof change>, blob: string | null) {
  const { world, repository } = call;
  const path = param(call, 'path');
  return repository.alone(async () => {
    const ref = `refs/heads/${branchOf(call, request.branch)}`;
    const before = isRefName(ref) ? await readRef(repository.directory, ref) : null;
    if (before === null) throw new HttpProblem(404, `Branch ${branchOf(call, request.branch)} not found`);
    const { tree: oldTree } = await storedCommit(repository, before);
    const existing = await entryAt(repository.directory, oldTree, path);
    refuseStale(path, existing, request.sha, blob);
    const changes = [{ path, mode: existing?.type === 'blob' ? existing.mode : '100644', sha: blob }];
    const tree = await writeTree(repository.directory, oldTree, changes).catch(unprocessable('path contains a malformed path component'));
    const after = await writeCommit(repository.directory, { tree, parents: [before], message: request.message, ...commitPeople(call, request) });
    await moveRef(world, repository, { ref, before, after }, call.sender);
    return { commit: await storedCommit(repository, after), existed: existing !== null };
  });
}

function refuseStale(path: string, existing: TreeEntry | null, sha: string | undefined, blob: string | null): void {
  if (existing && sha === undefined) throw new HttpProblem(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (existing && existing.sha !== sha) throw new HttpProblem(409, `${path} does not match ${sha}`);
  if (!existing && blob === null) throw notFound();
}
