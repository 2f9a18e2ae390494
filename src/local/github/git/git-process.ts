import { spawn } from 'node:child_process';
import type { GitEnd, GitOrder } from './ask-git.ts';

/**
 * A program: starts every git of its parent. To start a process, Linux copies the page tables of the one that starts it and holds it still
 * meanwhile: this one is small, its parent may be anything.
 */
process.on('message', ({ id, args, env, input }: GitOrder) => {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const end = (code: number | null): void => {
    const ended: GitEnd = { id, code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') };
    process.send?.(ended, () => undefined); // whoever is gone needs no answer
  };
  const child = spawn('git', args, { env, stdio: 'pipe' });
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A command that ends before it has read its input breaks the pipe; its exit code says what was wrong.
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => {
    stderr.push(Buffer.from(error.message));
    end(null);
  });
  child.once('close', (code) => {
    if (child.pid !== undefined) end(code);
  });
  child.stdin.end(input);
});
process.on('disconnect', () => process.exit(0));
