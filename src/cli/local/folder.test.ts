import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageFault } from '../usage-fault.ts';
import { openFolder, written } from './folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'trueup-folder-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const fresh = (): string => mkdtempSync(join(scratch, 'd-'));
const azureNames = Object.values(written.azure);
const githubNames = Object.values(written.github);

describe('the folder of the local clouds', () => {
  test.each([...azureNames, ...githubNames])('is refused when somebody has a %s there, which stays and is all that stays', async (name) => {
    const path = fresh();
    writeFileSync(join(path, name), 'mine');
    const refused = await openFolder(path, ['azure', 'github']).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UsageFault);
    expect(String(refused)).toContain(`${join(path, name)} is there already`);
    expect(readdirSync(path)).toEqual([name]);
    expect(readFileSync(join(path, name), 'utf8')).toBe('mine');
  });

  test('names all that is there, why that may be, and what to do', async () => {
    const path = fresh();
    for (const name of azureNames) writeFileSync(join(path, name), '');
    await expect(openFolder(path, ['azure'])).rejects.toThrow(/ca\.pem and .*federated-token\.jwt are there already.*kill -9.*another --directory.*remove them/);
  });

  test.each([
    { reason: 'of GitHub beside Azure', clouds: ['azure'] as const, theirs: githubNames },
    { reason: 'of Azure beside GitHub', clouds: ['github'] as const, theirs: azureNames },
  ])('is taken although it has names that are not written, and they stay: $reason', async ({ clouds, theirs }) => {
    const path = fresh();
    writeFileSync(join(path, theirs[0] ?? ''), 'mine');
    await using folder = await openFolder(path, clouds);
    mkdirSync(join(path, 'own'));
    for (const name of theirs.slice(1)) writeFileSync(join(path, name), 'mine');
    await folder[Symbol.asyncDispose]();
    expect(readdirSync(path).toSorted()).toEqual([...theirs, 'own'].toSorted());
  });

  test('belongs to one of several starts at one moment', async () => {
    const path = join(scratch, 'several', 'made');
    const starts = await Promise.allSettled(Array.from({ length: 5 }, () => openFolder(path, ['azure'])));
    const opened = starts.filter(({ status }) => status === 'fulfilled');
    expect(opened.length).toBeLessThanOrEqual(1);
    for (const name of azureNames) expect(existsSync(join(path, name))).toBe(opened.length === 1);
  });

  test('is made with its parents, and they go if nobody put something there', async () => {
    const path = join(scratch, 'outer', 'inner');
    await (await openFolder(path, ['github']))[Symbol.asyncDispose]();
    expect(existsSync(join(scratch, 'outer'))).toBe(false);
    const folder = await openFolder(path, ['github']);
    writeFileSync(join(scratch, 'outer', 'notes.txt'), 'mine');
    await folder[Symbol.asyncDispose]();
    expect(readdirSync(join(scratch, 'outer'))).toEqual(['notes.txt']);
  });

  test('keeps secrets from other users', async () => {
    await using folder = await openFolder(fresh(), ['azure', 'github']);
    const modes = [written.azure.federatedToken, written.github.appKey, written.azure.ca].map((name) => statSync(join(folder.path, name)).mode & 0o077);
    expect(modes.slice(0, 2)).toEqual([0, 0]);
    expect(modes[2]).not.toBe(0);
  });

  test('that cannot be made is refused', async () => {
    await expect(openFolder('/proc/x', ['azure'])).rejects.toThrow(/\/proc\/x cannot be written to \(ENOENT\).*--directory/);
  });
});
