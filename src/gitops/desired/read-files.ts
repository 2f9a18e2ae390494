import { secretShapeIn } from '../../kernel/scrubbing/secret-shapes.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fileTooLarge } from '../domain/file-problem.ts';
import type { ParsedFile } from '../domain/parsed-file.ts';
import { inlineSecrets } from '../domain/reading/inline-secret.ts';
import type { CommitPorts, FileKey, TreeEntry } from '../ports.ts';
import type { ManifestLanguage } from './language.ts';

/** GitHub's secondary limit starts at 100 concurrent requests, for all that the App does. */
const readAtOnce = 8;

/** Of problems that a busy machine may have made: the same file may be read well the next time. */
const codesOfLoad = new Set(['parse-timeout', 'parse-crashed']);

export function isLasting({ problems }: { readonly problems: readonly Pick<Problem, 'code'>[] }): boolean {
  return !problems.some(({ code }) => codesOfLoad.has(code));
}

/** Parsed files in the order of the entries. A blob that any cache holds is neither fetched nor parsed again. */
export async function readFiles(
  ports: CommitPorts,
  language: ManifestLanguage,
  tenant: TenantId,
  entries: readonly TreeEntry[],
): Promise<readonly ParsedFile[]> {
  const readable = entries.filter((entry) => refusal(language, entry) === null);
  const cached = await ports.parsed.load(tenant, readable.map(keyOf));
  const known = new Map(readable.flatMap((entry, index) => pair(entry.path, cached[index] ?? null)));
  const missing = readable.filter(({ path }) => !known.has(path));
  for (let start = 0; start < missing.length; start += readAtOnce) {
    const batch = missing.slice(start, start + readAtOnce);
    const parsed = await Promise.all(batch.map(async (entry) => [keyOf(entry), await readOne(ports, language, tenant, entry)] as const));
    await ports.parsed.save(tenant, parsed.filter(([, file]) => isLasting(file) && !holdsSecret(file)));
    for (const [{ path }, file] of parsed) known.set(path, file);
  }
  return entries.map((entry) => known.get(entry.path) ?? refused(language, entry));
}

/** The author is told to take it out of Git, where everybody can read it; it is not to be found in a store of ours besides. */
function holdsSecret(file: ParsedFile): boolean {
  return file.documents.some(({ value }) => inlineSecrets(value).length > 0) || secretShapeIn(JSON.stringify(file)) !== null;
}

async function readOne(ports: CommitPorts, language: ManifestLanguage, tenant: TenantId, { path, sha }: TreeEntry): Promise<ParsedFile> {
  const bytes = await ports.repository.blob(tenant, sha, language.maxBytes);
  return ports.parser.parse(path, bytes);
}

function pair(path: string, file: ParsedFile | null): readonly (readonly [string, ParsedFile])[] {
  return file === null ? [] : [[path, file]];
}

function keyOf({ path, sha }: TreeEntry): FileKey {
  return { path, blob: sha };
}

/** Why an entry is not even fetched: a symlink, a submodule, a path out of shape, a file that is too large. */
function refusal(language: ManifestLanguage, entry: TreeEntry): Problem | null {
  const problem = language.pathProblem(entry);
  if (problem !== null) return problem;
  return entry.size === null || entry.size <= language.maxBytes ? null : fileTooLarge(entry.path, entry.size, language.maxBytes);
}

function refused(language: ManifestLanguage, entry: TreeEntry): ParsedFile {
  const problem = refusal(language, entry);
  // Anything that is not refused was read, or reading it threw.
  return { path: entry.path, documents: [], problems: problem === null ? [] : [problem] };
}
