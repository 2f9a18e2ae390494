import type { Problem } from '../../kernel/problem.ts';
import { fileProblem } from './file-problem.ts';

/** An entry of a Git tree, as far as its path and kind go. */
interface Entry {
  readonly path: string;
  readonly mode: string;
}

const maxPathLength = 200;

/** Why an entry must not be read; null when it may. A path is a name in Git here, never a place on a disk. */
export function pathProblem({ path, mode }: Entry): Problem | null {
  if (mode === '120000') return refused(path, 'symlink', 'This is a symbolic link', 'a regular file');
  if (mode === '160000') return refused(path, 'submodule', 'This is a submodule', 'a regular file');
  if (mode !== '100644' && mode !== '100755') return refused(path, 'not-a-file', 'This is not a regular file', 'a regular file');
  if (path.length > maxPathLength) return refused(path, 'invalid-path', `The path has ${path.length} characters`, `at most ${maxPathLength}`);
  if (!/^[A-Za-z0-9._/-]+$/.test(path)) return refused(path, 'invalid-path', 'The path has other characters than plain letters, digits, ".", "_", "-" and "/"', 'a plain path');
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..' || segment.toLowerCase() === '.git')) {
    return refused(path, 'invalid-path', 'The path leads out of the folder or into Git itself', 'a plain path');
  }
  return null;
}

function refused(path: string, code: string, message: string, expected: string): Problem {
  const hint = code === 'invalid-path' ? 'Rename it' : 'Put the manifest there itself';
  return fileProblem({ file: path, code, message, expected, hint });
}
