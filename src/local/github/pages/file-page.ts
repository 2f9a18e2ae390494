import { resolveCommit } from '../git/commits.ts';
import { readTree } from '../git/trees.ts';
import { fullName, type Repository } from '../world.ts';
import { html, type Page } from './html.ts';

/** A file at a commit or branch, with an anchor per line (`#L12`). `place` is `<commit or branch>/<path>`. */
export async function filePage(repository: Repository, place: string): Promise<Page | null> {
  const [revision = '', ...segments] = place.split('/');
  const path = segments.join('/');
  const commit = await resolveCommit(repository.objects, /^[0-9a-f]{40}$/.test(revision) ? revision : `refs/heads/${revision}`);
  if (!commit || path === '') return null;
  const [entry] = await readTree(repository.directory, commit.tree, { recursive: false, path });
  const blob = entry?.type === 'blob' ? await repository.objects.read(entry.sha) : null;
  if (!blob) return null;
  const lines = blob.content.toString('utf8').split('\n').map((line, index) => html`<tr id="L${index + 1}"><td><small>${index + 1}</small></td><td><code>${line}</code></td></tr>`);
  return { title: path, body: html`<p><a href="/${fullName(repository)}">${fullName(repository)}</a> at <code>${revision.slice(0, 12)}</code></p><h1>${path}</h1><table class="file">${lines}</table>` };
}
