import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { manifestLanguage, type Policy } from '../../gitops/desired/language.ts';
import type { ParsedFile } from '../../gitops/domain/parsed-file.ts';
import type { ManifestParser } from '../../gitops/ports.ts';
import type { Problem } from '../../kernel/problem.ts';

/** Manifests of a folder, found as in a repository. Paths are relative to the folder, with slashes. */
export interface FolderFiles {
  readonly files: readonly ParsedFile[];
  /** About the policy and the folder itself. */
  readonly problems: readonly Problem[];
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly size: number;
}

const skipped = new Set(['.git', 'node_modules']);

/** @throws when the path does not exist or cannot be read. */
export async function readFolder(path: string, parser: ManifestParser): Promise<FolderFiles> {
  const stats = await lstat(path);
  if (stats.isFile()) {
    const entry = { path: basename(path), mode: modeOf(stats), size: stats.size };
    return { files: [await readEntry(dirname(path), entry, parser)], problems: [] };
  }
  const entries = await walk(path, '');
  const { policy, problems } = await policyOf(path, entries, parser);
  const managed = entries.filter((entry) => isManaged(policy, entry));
  const files: ParsedFile[] = [];
  for (const entry of managed) files.push(await readEntry(path, entry, parser));
  return { files, problems: files.length === 0 ? [...problems, nothingFound(policy)] : problems };
}

async function policyOf(folder: string, entries: readonly Entry[], parser: ManifestParser): Promise<{ readonly policy: Policy; readonly problems: readonly Problem[] }> {
  const entry = entries.find(({ path }) => path === manifestLanguage.policyPath);
  if (entry !== undefined) return manifestLanguage.readPolicy(await readEntry(folder, entry, parser));
  const read = manifestLanguage.readPolicy(null);
  return (await isRepository(folder, entries)) ? read : { policy: { ...read.policy, paths: ['**'] }, problems: [] };
}

/** In any other folder every file counts: somebody points at the manifests themselves. */
async function isRepository(folder: string, entries: readonly Entry[]): Promise<boolean> {
  return entries.some(({ path }) => path.startsWith('trueup/')) || (await lstat(join(folder, '.git')).then(() => true, () => false));
}

/** A link to a folder could hold manifests, so it is refused like a link to one. */
function isManaged(policy: Policy, { path, mode }: Entry): boolean {
  return manifestLanguage.manages(policy, path) || (mode === '120000' && manifestLanguage.manages(policy, `${path}/a.yaml`));
}

async function readEntry(folder: string, entry: Entry, parser: ManifestParser): Promise<ParsedFile> {
  const problem = manifestLanguage.pathProblem(entry) ?? tooLarge(entry);
  if (problem === null) return parser.parse(entry.path, await readFile(join(folder, entry.path)));
  return { path: entry.path, documents: [], problems: [{ ...problem, location: { ...problem.location }, document: null }] };
}

function tooLarge({ path, size }: Entry): Problem | null {
  return size <= manifestLanguage.maxBytes ? null : folderProblem(path, 'file-too-large', `The file has ${size} bytes`, `at most ${manifestLanguage.maxBytes} bytes`);
}

async function walk(folder: string, below: string): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  const children = await readdir(join(folder, below), { withFileTypes: true });
  for (const child of children.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? child.name : `${below}/${child.name}`;
    if (child.isDirectory() && !skipped.has(child.name)) found.push(...(await walk(folder, path)));
    if (child.isFile() || child.isSymbolicLink()) {
      const stats = await lstat(join(folder, path));
      found.push({ path, mode: modeOf(stats), size: stats.size });
    }
  }
  return found;
}

function modeOf(stats: { isSymbolicLink(): boolean }): string {
  return stats.isSymbolicLink() ? '120000' : '100644';
}

/** Zero work is never green. */
function nothingFound({ paths }: Policy): Problem {
  return folderProblem('.', 'no-manifests', 'There is no manifest here', `.yaml or .yml files under ${paths.join(', ')}`);
}

function folderProblem(file: string, code: string, message: string, expected: string): Problem {
  return { severity: 'error', code, message, expected, hint: null, location: { file, line: 1, column: 1, endLine: 1 }, path: '', document: null };
}
