import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readSeed } from './read-seed.ts';
import { filesOf } from './seed-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'trueup-seed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function seed(text: string): string {
  const file = join(folder, 'seed.yaml');
  writeFileSync(file, text);
  return file;
}

describe('a seed', () => {
  test('may be JSON, may be empty, and has defaults', async () => {
    expect(await readSeed(seed('{"github": {"repositories": [{"name": "a"}]}}'))).toMatchObject({ github: { app: {}, webhook: null, users: [], repositories: [{ name: 'a', files: {} }] } });
    await expect(readSeed(seed('azure: {}\n'))).resolves.toMatchObject({ azure: { vaults: [], resourceGroups: [], identities: [], workspaces: [] } });
  });

  test.each(['', '# all of it in comments\n', '---\n'])('that is empty is as none: %j', async (text) => {
    expect(Object.keys(await readSeed(seed(text)))).toEqual(['refuse']);
  });

  test('names a region as people do', async () => {
    expect(await readSeed(seed('azure:\n  resourceGroups: [{ name: rg-a, location: North Europe }]\n'))).toMatchObject({ azure: { resourceGroups: [{ location: 'northeurope' }] } });
  });

  test.each([
    { reason: 'a field that is nearly right', text: 'azure:\n  subscripton: x\n', says: /seed\.yaml:2:3 .*subscripton[^]*Did you mean `subscription`/ },
    { reason: 'no such pace, and which there are', text: 'azure:\n  pace: fast\n', says: /seed\.yaml:2:9 [^]*expected: quick, real, or a mapping such as \{ operationMs: 200 \}/ },
    { reason: 'a pace that is a number', text: 'azure:\n  pace: 5\n', says: /seed\.yaml:2:9 [^]*expected: quick, real, or a mapping/ },
    { reason: 'a time of the pace that is nearly right', text: 'azure:\n  pace: { operationsMs: 5 }\n', says: /seed\.yaml:2:11 [^]*Did you mean `operationMs`/ },
    { reason: 'a time of the pace that is none', text: 'azure:\n  pace: { operationMs: slow }\n', says: /seed\.yaml:2:24 [^]*expected: a number/ },
    { reason: 'a region that Azure has not', text: 'azure:\n  resourceGroups:\n    - { name: rg-a, location: mars }\n', says: /seed\.yaml:3:31 [^]*no such region[^]*The regions are .*westeurope/ },
    { reason: 'a region that is nearly right', text: 'azure:\n  vaults:\n    - { name: kv-a, location: westeurop }\n', says: /seed\.yaml:3:31 [^]*Did you mean `westeurope`/ },
    { reason: 'an event that is never sent', text: 'github:\n  app: { events: [pusch] }\n', says: /seed\.yaml:2:19 [^]*one of push, pull_request[^]*Did you mean `push`/ },
    { reason: 'a name that Azure would refuse', text: 'azure:\n  vaults:\n    - name: kv\n', says: /seed\.yaml:3:13 [^]*cannot be the name of a vault[^]*expected: 3 to 24/ },
    { reason: 'a secret with a value and versions', text: 'azure:\n  vaults:\n    - name: kv-a\n      secrets:\n        - { name: a, value: b, versions: [{ value: c }] }\n', says: /seed\.yaml:5:11 [^]*hint: Give exactly one/ },
    { reason: 'a path that leaves the repository', text: 'github:\n  repositories:\n    - name: a\n      files: { "../x": "" }\n', says: /seed\.yaml:4:16 [^]*inside the repository/ },
    { reason: 'a file that Git keeps for itself', text: 'github:\n  repositories:\n    - name: a\n      files: { ".git/config": "" }\n', says: /inside the repository/ },
    { reason: 'two repositories of one name', text: 'github:\n  repositories:\n    - name: a\n    - name: A\n', says: /seed\.yaml:4:7 [^]*there already/ },
    { reason: 'the same in capitals, which Git would refuse to check out', text: 'github:\n  repositories:\n    - name: a\n      files: { ".GIT/config": "" }\n', says: /inside the repository/ },
    { reason: 'a file that is a folder too', text: 'github:\n  repositories:\n    - name: a\n      files: { x: "1", x/y: "2" }\n', says: /seed\.yaml:4:16 [^]*a folder too/ },
    { reason: 'two secrets of one name', text: 'azure:\n  vaults:\n    - name: kv-a\n      secrets: [{ name: a, value: b }, { name: A, value: c }]\n', says: /seed\.yaml:4:40 [^]*there already/ },
    { reason: 'the admin of the organization as somebody else', text: 'github:\n  users: [{ login: Mona, permission: read }]\n', says: /mona its admin/ },
    { reason: 'an address that is none', text: 'github:\n  webhook: { url: "http://:99999x" }\n', says: /starts with http/ },
    { reason: 'no such permission', text: 'github:\n  users: [{ login: a, permission: god }]\n', says: /one of admin, write, read/ },
    { reason: 'broken YAML', text: 'azure: [1\n', says: /seed\.yaml:\d+:\d+ error yaml-syntax/ },
    { reason: 'two documents', text: 'azure: {}\n---\ngithub: {}\n', says: /A seed is one document/ },
  ])('with $reason is refused with line and advice', async ({ text, says }) => {
    const said = await readSeed(seed(text)).then(() => 'nothing', String);
    expect(said).toMatch(says);
    expect(said.match(/^\S*seed\.yaml:\d+:\d+ error/gm)?.length).toBe(1);
    expect(said).toMatch(/\n  expected: .+\n  hint: .+/);
  });

  test('never shows what stands where a secret should', async () => {
    const said = await readSeed(seed('azure:\n  vaults: [{ name: kv-a, secrets: [{ name: a, value: 987654 }] }]\n')).catch(String);
    expect(said).toMatch(/secrets\[0\]\.value/);
    expect(said).not.toContain('987654');
  });

  test.each([
    { reason: 'a file of the folder would be a folder of the seed\'s', inFolder: 'a', says: /seed\.yaml:5:14 [^]*`a` is a file and, with what lies in [^]*hint: Rename/, files: '{ a/b: "1" }' },
    { reason: 'a folder of the folder would be a file of the seed\'s', inFolder: 'a/b', says: /seed\.yaml:5:14 [^]*`a` is a file and/, files: '{ a: "1" }' },
    { reason: 'the folder is not there', inFolder: null, says: /seed\.yaml:4:15 [^]*cannot be read \(ENOENT\)[^]*expected: a folder[^]*hint: / , files: '{}' },
  ])('and the folder that it names are refused when $reason', async ({ inFolder, files, says }) => {
    rmSync(join(folder, 'lies'), { recursive: true, force: true });
    if (inFolder !== null) mkdirSync(join(folder, 'lies', dirname(inFolder)), { recursive: true });
    if (inFolder !== null) writeFileSync(join(folder, 'lies', inFolder), '');
    const seedFile = seed(`github:\n  repositories:\n    - name: a\n      folder: lies\n      files: ${files}\n`);
    const { github, refuse } = await readSeed(seedFile);
    const [repository = { files: {} }] = github?.repositories ?? [];
    await expect(filesOf(repository, { seedFile, path: ['github', 'repositories', 0], refuse })).rejects.toThrow(says);
  });
});
