import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { isRefName } from './ref-name.ts';

/** What git itself says of a full name. */
function gitAgrees(name: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a ref name', () => {
  test.each([
    { name: 'refs/heads/main', ok: true, reason: 'plain' },
    { name: 'refs/heads/feature/ü-1', ok: true, reason: 'slashes and letters of any language' },
    { name: 'refs/heads/a..b', ok: false, reason: 'two dots are a range' },
    { name: 'refs/heads/a b', ok: false, reason: 'a space' },
    { name: 'refs/heads/a\u0007', ok: false, reason: 'a control character' },
    { name: 'refs/heads/a~1', ok: false, reason: 'a parent expression' },
    { name: 'refs/heads/a^{commit}', ok: false, reason: 'a peeling expression' },
    { name: 'refs/heads/a:b', ok: false, reason: 'a path expression' },
    { name: 'refs/heads/a*', ok: false, reason: 'a pattern' },
    { name: 'refs/heads/a@{1}', ok: false, reason: 'a reflog expression' },
    { name: 'refs/heads/.a', ok: false, reason: 'a component that begins with a dot' },
    { name: 'refs/heads/a.lock', ok: false, reason: 'a lock file' },
    { name: 'refs/heads/a.lock/b', ok: false, reason: 'a lock file as a folder' },
    { name: 'refs/heads//a', ok: false, reason: 'an empty component' },
    { name: 'refs/heads/a/', ok: false, reason: 'ends with a slash' },
    { name: 'refs/heads/a.', ok: false, reason: 'ends with a dot' },
    { name: '/refs/heads/a', ok: false, reason: 'begins with a slash' },
  ])('$name is $ok, as git says: $reason', ({ name, ok }) => {
    expect(isRefName(name)).toBe(ok);
    expect(gitAgrees(name)).toBe(ok);
  });

  test.each([
    { name: '--upload-pack=touch', reason: 'an option' },
    { name: '-', reason: 'a dash' },
    { name: '@', reason: 'another name of HEAD' },
    { name: '', reason: 'nothing' },
    { name: 'x'.repeat(251), reason: 'longer than a file name' },
  ])('$name is refused: $reason', ({ name }) => {
    expect(isRefName(name)).toBe(false);
  });
});
