import * as z from 'zod';
import { isAncestor, writeCommit } from '../git/commits.ts';
import { listRefs, readRef } from '../git/refs.ts';
import { isFullSha, isRefName, noCommit } from '../git/ref-name.ts';
import { readTree, writeBlobs, writeTree, type TreeChange, type TreeEntry } from '../git/trees.ts';
import { HttpProblem, notFound, unprocessable } from '../problem.ts';
import { moveRef } from '../pull-requests/follow.ts';
import { nodeId } from '../render/account.ts';
import { renderGitCommit } from '../render/commit.ts';
import { repositoryUrl } from '../render/repository.ts';
import { commitPeople, peopleFields } from './commit-people.ts';
import { created, noContent, ok, onRepository, pageOf, param, parsed, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { storedCommit } from './lookup.ts';

const read = { app: ['contents:read'], person: 'read' } as const;
const write = { app: ['contents:write'], person: 'write' } as const;

export const gitDataEndpoints: readonly Endpoint[] = [
  onRepository('GET', '/git/ref/:ref{.+}', read, getRef),
  onRepository('GET', '/git/matching-refs/:ref{.*}', read, matchingRefs),
  onRepository('POST', '/git/refs', write, createRef),
  onRepository('PATCH', '/git/refs/:ref{.+}', write, changeRef),
  onRepository('DELETE', '/git/refs/:ref{.+}', write, deleteRef),
  onRepository('GET', '/git/commits/:sha', read, getCommit),
  onRepository('POST', '/git/commits', write, createCommit),
  onRepository('GET', '/git/trees/:sha{.+}', read, getTree),
  onRepository('POST', '/git/trees', write, createTree),
  onRepository('GET', '/git/blobs/:sha', read, getBlob),
  onRepository('POST', '/git/blobs', write, createBlob),
];

async function getRef(call: RepositoryCall) {
  const name = refParam(call);
  const sha = await readRef(call.repository.directory, name);
  if (sha === null) throw notFound();
  return ok(await renderRef(call, name, sha));
}

function refParam(call: RepositoryCall): string {
  const name = `refs/${param(call, 'ref').replace(/^refs\//, '')}`;
  if (!isRefName(name)) throw notFound();
  return name;
}

async function renderRef(call: RepositoryCall, ref: string, sha: string) {
  const url = repositoryUrl(call.world, call.repository);
  const type = (await call.repository.objects.read(sha))?.type ?? 'commit';
  return { ref, node_id: nodeId('Ref', ref), url: `${url}/git/${ref}`, object: { sha, type, url: `${url}/git/${type}s/${sha}` } };
}

async function matchingRefs(call: RepositoryCall) {
  const prefix = `refs/${param(call, 'ref')}`;
  const refs = (await listRefs(call.repository.directory, ['refs'])).filter(({ name }) => name.startsWith(prefix));
  return pageOf(call, refs, ({ name, sha }) => renderRef(call, name, sha));
}

const newRef = z.object({ ref: z.string(), sha: z.string() });

async function createRef(call: RepositoryCall) {
  const { ref, sha } = parsed(newRef, call.body);
  if (!/^refs\/(heads|tags)\/./.test(ref) || !isRefName(ref)) throw new HttpProblem(422, `${ref} is not a valid ref name.`);
  await requireCommit(call, sha);
  await call.repository.alone(async () => {
    if ((await readRef(call.repository.directory, ref)) !== null) throw new HttpProblem(422, 'Reference already exists');
    await moveRef(call.world, call.repository, { ref, before: noCommit, after: sha }, call.sender).catch(unprocessable('Reference cannot be created'));
  });
  return created(await renderRef(call, ref, sha));
}

async function requireCommit(call: RepositoryCall, sha: string): Promise<void> {
  const object = isFullSha(sha) ? await call.repository.objects.read(sha) : null;
  if (!object) throw new HttpProblem(422, 'Object does not exist');
  if (object.type !== 'commit') throw new HttpProblem(422, 'Object is not a commit');
}

const refChange = z.object({ sha: z.string(), force: z.boolean().default(false) });

async function changeRef(call: RepositoryCall) {
  const { repository } = call;
  const name = refParam(call);
  const { sha, force } = parsed(refChange, call.body);
  await requireCommit(call, sha);
  await repository.alone(async () => {
    const before = await changeable(call, name);
    if (!force && !(await isAncestor(repository.directory, before, sha))) throw new HttpProblem(422, 'Update is not a fast forward');
    if (before !== sha) await moveRef(call.world, repository, { ref: name, before, after: sha }, call.sender);
  });
  return ok(await renderRef(call, name, sha));
}

async function deleteRef(call: RepositoryCall) {
  const name = refParam(call);
  if (name === `refs/heads/${call.repository.defaultBranch}`) throw new HttpProblem(422, 'Cannot delete the default branch');
  await call.repository.alone(async () => {
    await moveRef(call.world, call.repository, { ref: name, before: await changeable(call, name), after: noCommit }, call.sender);
  });
  return noContent;
}

async function changeable(call: RepositoryCall, name: string): Promise<string> {
  const before = /^refs\/(heads|tags)\//.test(name) ? await readRef(call.repository.directory, name) : null;
  if (before === null) throw new HttpProblem(422, 'Reference does not exist');
  return before;
}

async function getCommit(call: RepositoryCall) {
  const sha = param(call, 'sha');
  if (!isFullSha(sha) || (await call.repository.objects.read(sha))?.type !== 'commit') throw notFound();
  return ok(renderGitCommit(call.world, call.repository, await storedCommit(call.repository, sha)));
}

const newCommit = z.object({ message: z.string(), tree: z.string(), parents: z.array(z.string()).default([]), ...peopleFields });

async function createCommit(call: RepositoryCall) {
  const { repository } = call;
  const request = parsed(newCommit, call.body);
  if (!isFullSha(request.tree) || (await repository.objects.read(request.tree))?.type !== 'tree') throw new HttpProblem(422, 'Tree SHA does not exist');
  for (const parent of request.parents) await requireCommit(call, parent);
  const sha = await writeCommit(repository.directory, { tree: request.tree, parents: request.parents, message: request.message, ...commitPeople(call, request) });
  return created(renderGitCommit(call.world, repository, await storedCommit(repository, sha)));
}

/** GitHub cuts a recursive tree at so many entries, or so many bytes of them as Git stores them. https://docs.github.com/rest/git/trees#get-a-tree */
const maxEntries = 100_000;
const maxTreeBytes = 7 * 1024 * 1024;

function entriesWithin(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  let size = 0;
  const cut = entries.findIndex(({ mode, path }) => (size += mode.length + Buffer.byteLength(path.slice(path.lastIndexOf('/') + 1)) + 22) > maxTreeBytes);
  return entries.slice(0, Math.min(cut < 0 ? entries.length : cut, maxEntries));
}

async function getTree(call: RepositoryCall) {
  const { repository } = call;
  const name = param(call, 'sha');
  const tree = (await Promise.all(treeNames(name).map((each) => repository.objects.read(`${each}^{tree}`)))).find((object) => object !== null);
  if (!tree) throw notFound();
  const recursive = call.query.has('recursive');
  const entries = await readTree(repository.directory, tree.sha, { recursive });
  const kept = recursive ? entriesWithin(entries) : entries;
  return ok({
    sha: tree.sha,
    url: `${repositoryUrl(call.world, repository)}/git/trees/${tree.sha}`,
    tree: kept.map((entry) => renderEntry(call, entry)),
    truncated: kept.length < entries.length,
  });
}

function treeNames(name: string): string[] {
  if (isFullSha(name)) return [name];
  return isRefName(name) ? [`refs/heads/${name}`, `refs/tags/${name}`] : [];
}

function renderEntry(call: RepositoryCall, { path, mode, type, sha, size }: TreeEntry) {
  const url = repositoryUrl(call.world, call.repository);
  return { path, mode, type, sha, ...(size !== null && { size }), ...(type !== 'commit' && { url: `${url}/git/${type}s/${sha}` }) };
}

const newTree = z.object({
  base_tree: z.string().optional(),
  tree: z
    .array(
      z.object({
        path: z.string().min(1),
        mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
        type: z.enum(['blob', 'tree', 'commit']).optional(),
        sha: z.string().nullable().optional(),
        content: z.string().optional(),
      }),
    )
    .min(1),
});

async function createTree(call: RepositoryCall) {
  const { repository } = call;
  const request = parsed(newTree, call.body);
  const base = request.base_tree === undefined ? null : await baseTree(call, request.base_tree);
  if (request.tree.some(({ mode }) => mode === '040000')) throw new HttpProblem(501, 'Not modelled by the local GitHub: a tree inside a new tree; name its files');
  const contents = request.tree.flatMap(({ content, sha }) => (content !== undefined && sha === undefined ? [Buffer.from(content, 'utf8')] : []));
  const written = await writeBlobs(repository.directory, contents);
  const changes = request.tree.map(({ path, mode, sha, content }) => ({ path, mode, sha: sha === undefined && content !== undefined ? (written.shift() ?? null) : (sha ?? null) }));
  for (const { sha } of changes) {
    if (sha !== null && (!isFullSha(sha) || !(await repository.objects.read(sha)))) throw new HttpProblem(422, `tree.sha ${sha} is not a valid blob`);
  }
  await requireDeleted(call, base, changes);
  const sha = await writeTree(repository.directory, base, changes).catch(unprocessable('tree.path contains a malformed path component'));
  const entries = await readTree(repository.directory, sha, { recursive: false });
  return created({ sha, url: `${repositoryUrl(call.world, repository)}/git/trees/${sha}`, tree: entries.map((entry) => renderEntry(call, entry)), truncated: false });
}

/** What is to go has to be there: https://github.com/mckaywrigley/buildware-ai/issues/29 */
async function requireDeleted({ repository }: RepositoryCall, base: string | null, changes: readonly TreeChange[]): Promise<void> {
  const gone = changes.filter(({ sha }) => sha === null);
  const there = base === null || gone.length === 0 ? [] : await readTree(repository.directory, base, { recursive: true });
  if (gone.some(({ path }) => !there.some((entry) => entry.path === path))) throw new HttpProblem(422, 'GitRPC::BadObjectState');
}

async function baseTree(call: RepositoryCall, sha: string): Promise<string> {
  const tree = isFullSha(sha) ? await call.repository.objects.read(`${sha}^{tree}`) : null;
  if (!tree) throw new HttpProblem(404, 'Not Found');
  return tree.sha;
}

async function getBlob(call: RepositoryCall) {
  const sha = param(call, 'sha');
  const blob = isFullSha(sha) ? await call.repository.objects.read(sha) : null;
  if (blob?.type !== 'blob') throw notFound();
  if (/\braw\b/.test(call.accept)) return { status: 200, bytes: { content: blob.content, type: 'application/vnd.github.raw; charset=utf-8' } };
  const url = `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}`;
  return ok({ sha, node_id: nodeId('Blob', sha), size: blob.content.length, url, content: linesOf(blob.content), encoding: 'base64' });
}

/** Base64 as GitHub breaks it: 60 characters a line. */
export function linesOf(content: Buffer): string {
  return content.toString('base64').replace(/(.{60})/g, '$1\n').replace(/([^\n])$/, '$1\n');
}

const newBlob = z.object({ content: z.string(), encoding: z.enum(['utf-8', 'base64']).default('utf-8') });

async function createBlob(call: RepositoryCall) {
  const { content, encoding } = parsed(newBlob, call.body);
  const [sha = ''] = await writeBlobs(call.repository.directory, [Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8')]);
  return created({ sha, url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}` });
}
