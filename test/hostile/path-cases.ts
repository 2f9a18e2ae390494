/** An entry of a Git tree that must not be read, and why. */
interface PathCase {
  readonly reason: string;
  readonly path: string;
  readonly mode?: string;
  readonly code: string;
}

export const pathCases: readonly PathCase[] = [
  { reason: 'climbs out', path: '../../etc/passwd.yaml', code: 'invalid-path' },
  { reason: 'starts at the root', path: '/abs.yaml', code: 'invalid-path' },
  { reason: 'climbs in the middle', path: 'a/../../b.yaml', code: 'invalid-path' },
  { reason: 'climbs with backslashes', path: 'a\\..\\b.yaml', code: 'invalid-path' },
  { reason: 'climbs in percent', path: '%2e%2e/b.yaml', code: 'invalid-path' },
  { reason: 'is a symbolic link', path: 'trueup/link.yaml', mode: '120000', code: 'symlink' },
  { reason: 'is a submodule', path: 'trueup/module.yaml', mode: '160000', code: 'submodule' },
  { reason: 'is a folder', path: 'trueup/folder.yaml', mode: '040000', code: 'not-a-file' },
  { reason: 'has 4,096 characters', path: `trueup/${'a'.repeat(4084)}.yaml`, code: 'invalid-path' },
  { reason: 'lies in Git', path: '.git/config.yaml', code: 'invalid-path' },
  { reason: 'lies in Git, in upper case', path: 'trueup/.GIT/hooks.yml', code: 'invalid-path' },
  { reason: 'runs a program', path: 'trueup/$(id).yaml', code: 'invalid-path' },
  { reason: 'is an option', path: '--upload-pack=x.yaml', code: 'invalid-path' },
  { reason: 'has a line break', path: 'trueup/a\nb.yaml', code: 'invalid-path' },
  { reason: 'has a NUL', path: 'trueup/a\0.yaml', code: 'invalid-path' },
  { reason: 'has an empty part', path: 'trueup//a.yaml', code: 'invalid-path' },
  { reason: 'climbs in full-width dots', path: 'trueup/．．/b.yaml', code: 'invalid-path' },
  { reason: 'climbs behind a NUL in percent', path: 'trueup/%00../b.yaml', code: 'invalid-path' },
  { reason: 'starts at a drive', path: 'C:\\b.yaml', code: 'invalid-path' },
  { reason: 'starts with a dot for here', path: './b.yaml', code: 'invalid-path' },
  { reason: 'runs backwards', path: 'trueup/\u202elmay.a', code: 'invalid-path' },
  { reason: 'is empty', path: '', code: 'invalid-path' },
  { reason: 'is a kind of entry that nobody knows', path: 'trueup/a.yaml', mode: '100600', code: 'not-a-file' },
  { reason: 'has a Cyrillic letter', path: 'trueup/рrod.yaml', code: 'invalid-path' },
];


/**
 * Refs of pushes. Trueup runs no Git and puts no name of a branch into a command: a ref is compared with the default branch's and dropped.
 * Branches of its own carry names that the manifests' language has let in.
 */
export const refCases: readonly { readonly reason: string; readonly ref: string }[] = [
  { reason: 'it runs a program', ref: '$(id)' },
  { reason: 'it is an option', ref: '--upload-pack=x' },
  { reason: 'it is a range', ref: 'a..b' },
  { reason: 'it is a ref of a ref', ref: 'refs/heads/refs/heads/main' },
  { reason: 'it has a line break', ref: 'refs/heads/main\n' },
  { reason: 'it is a tag of that name', ref: 'refs/tags/main' },
  { reason: 'it ends with a NUL', ref: 'refs/heads/main\0' },
  { reason: 'it is written otherwise', ref: 'refs/heads/Main' },
  { reason: 'it is of a merge queue', ref: 'refs/heads/gh-readonly-queue/main/pr-1' },
  { reason: 'it climbs', ref: 'refs/heads/../heads/main' },
];
