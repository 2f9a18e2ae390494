import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { run } from '../../../test/support/cli-run.ts';
import { goodManifests } from '../../../test/support/manifests.ts';
import { diffCommand } from '../diff.ts';
import { renderCommand } from '../render.ts';
import { validateCommand } from '../validate.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueup-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function write(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const service = 'trueup/RuntimeService.yaml';
const bad = (): Record<string, string> => ({ ...goodManifests(), [service]: goodManifests()[service]?.replace(':1.4.2', ':latest') ?? '' });

describe('trueup validate', () => {
  test('a good repository', async () => {
    const root = await write('good', goodManifests());
    expect(await run(validateCommand(), root)).toEqual({ out: '7 documents, environments: prod, staging; 0 errors, 0 warnings', err: '', code: 0 });
  });

  test('a mistake, with its place, what was expected and what to do', async () => {
    const root = await write('bad', bad());
    const { out, code } = await run(validateCommand(), root);
    expect(code).toBe(1);
    expect(out).toContain(`${join(root, service)}:6:10 error image-not-pinned at spec.image\n    6 |   image: contoso.azurecr.io/checkout:latest\n      |          ^\n  \`latest\` is another image every day\n  expected: a pinned image`);
    expect(out).toContain('1 error, 0 warnings');
  });

  test.each([
    { line: '  env: { A: "ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9" }', reason: 'a secret' },
    { line: '  env: { API_TOKEN: aB3dE6kLmN0pQrS7tUvW, 1A: x }', reason: 'a secret by its key, beside another mistake' },
    { line: '  env: { API_TOKEN: aB3dE6kLmN0pQrS7tUvW: }: x', reason: 'a secret in what is no YAML' },
    { line: '  env: { A: "\\e[2J", 1A: "\u001b[2J" }', reason: 'what a terminal obeys' },
  ])('the line is not shown when it holds $reason', async ({ line, reason }) => {
    const root = await write(reason.replaceAll(' ', '-'), { ...goodManifests(), [service]: goodManifests()[service]?.replace('  env: { LOG_LEVEL: info }', line) ?? '' });
    const { out, code } = await run(validateCommand(), root);
    expect(code).toBe(1);
    expect(out).not.toMatch(/ \| +env:|aB3dE6/);
    expect(out).not.toContain('\u001b');
  });

  test('the target of a link is not shown', async () => {
    const root = await write('link-shown', { ...goodManifests(), 'other.txt': 'not for everybody' });
    await symlink(join(root, 'other.txt'), join(root, 'trueup', 'link.yaml'));
    const { out } = await run(validateCommand(), root);
    expect(out).toContain('error symlink');
    expect(out).not.toContain('not for everybody');
  });

  test('for GitHub: one annotation per mistake and nothing else', async () => {
    const root = await write('bad', bad());
    const { out, code } = await run(validateCommand(), root, '--format', 'github');
    expect(code).toBe(1);
    expect(out).toMatch(/^::error file=[^,]+RuntimeService\.yaml,line=6,endLine=6,col=10,title=trueup image-not-pinned::spec\.image: `latest` .+%0AExpected: .+$/);
  });

  test('for programs', async () => {
    const root = await write('bad', bad());
    const { out } = await run(validateCommand(), root, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ documents: 7, problems: [{ code: 'image-not-pinned', location: { line: 6 } }], environments: [{ name: 'prod', services: 0 }, { name: 'staging' }] });
  });

  test('warnings are findings only when they are asked to be', async () => {
    const root = await write('warned', { ...goodManifests(), [service]: goodManifests()[service]?.replace('strategy: all-at-once', 'strategy: canary\n    steps: [{ weight: 10, bake: 5m }]') ?? '' });
    expect([(await run(validateCommand(), root)).code, (await run(validateCommand(), root, '--strict')).code]).toEqual([0, 1]);
  });

  test('a quota that does not hold what is declared', async () => {
    const file = 'trueup/RuntimeTenantBinding.yaml';
    const root = await write('small', { ...goodManifests(), [file]: goodManifests()[file]?.replace('replicas: 60', 'replicas: 10') ?? '' });
    const { out, code } = await run(validateCommand(), root);
    expect([out.match(/error quota-exceeded at spec\.quota\.replicas/g)?.length, code]).toEqual([1, 1]);
  });

  test('the policy says where the manifests are', async () => {
    const moved = Object.fromEntries(Object.entries(goodManifests()).map(([path, text]) => [path.replace('trueup/', 'deploy/'), text]));
    const root = await write('moved', { ...moved, 'other/x.yaml': 'a: b: c', '.github/trueup.yml': 'apiVersion: trueup.dev/v1\nkind: RepositoryPolicy\npaths: [deploy/**]\n' });
    expect((await run(validateCommand(), root)).out).toContain('7 documents');
  });

  test('a folder of manifests alone is read as a whole, one file too', async () => {
    const root = await write('good', goodManifests());
    expect((await run(validateCommand(), join(root, 'trueup'))).out).toContain('7 documents');
    expect((await run(validateCommand(), join(root, 'trueup', 'staging.yaml'))).out).toContain('1 document');
  });

  test('a repository without manifests says so, whatever other YAML it holds', async () => {
    const root = await write('bare', { 'docker-compose.yml': 'services: {}', '.git/HEAD': 'ref: refs/heads/main' });
    const { out, code } = await run(validateCommand(), root);
    expect(out).toContain('no-manifests');
    expect(out).not.toContain('docker-compose');
    expect(code).toBe(1);
  });

  test('a file that is no YAML is named once', async () => {
    const root = await write('prose', { 'README.md': '# Title: a: b' });
    const { out } = await run(validateCommand(), join(root, 'README.md'));
    expect(out).not.toContain('README.md/README.md');
  });

  test('links are refused, wherever they lead', async () => {
    const root = await write('linked', goodManifests());
    await symlink('/etc/hostname', join(root, 'trueup', 'a.yaml'));
    await symlink('/etc', join(root, 'trueup', 'folder'));
    const { out, code } = await run(validateCommand(), root);
    expect([out.match(/error symlink/g)?.length, code]).toEqual([2, 1]);
  });

  test('nothing to check is not green', async () => {
    const root = await write('empty', { 'readme.md': 'x' });
    expect(await run(validateCommand(), root)).toMatchObject({ code: 1, out: expect.stringContaining('no-manifests') });
  });

  test('what the author of a manifest writes cannot speak to the terminal', async () => {
    const root = await write('escape', { ...goodManifests(), 'trueup/x.yaml': 'apiVersion: trueup.dev/v1\n"\\e[2Jk": 1\n', 'trueup/\u001b[31m.yaml': 'a: 1\n' });
    const { out } = await run(validateCommand(), root);
    expect(out).not.toContain('\u001b');
    expect(out).toContain('\\u{1b}[31m.yaml');
  });

  test.each([
    { words: ['/nowhere'], reason: 'a folder that is not there' },
    { words: ['.', '--format', 'xml'], reason: 'a format that is not there' },
    { words: ['.', '--colour'], reason: 'an option that is not there' },
  ])('$reason is misuse', async ({ words }) => {
    expect(await run(validateCommand(), ...words)).toMatchObject({ code: 2, err: expect.stringContaining('error: ') });
  });
});

describe('trueup render and diff', () => {
  test('what is rendered has no difference from itself, and another image has', async () => {
    const root = await write('good', goodManifests());
    const rendered = await run(renderCommand(), root, '--environment', 'prod', '--format', 'json');
    expect(rendered.code).toBe(0);
    await write('bodies', { 'desired.json': rendered.out, 'live.json': `{"value": ${rendered.out.replace('checkout:1.4.1', 'checkout:9')}}`, 'none.json': '[]', 'text.json': 'x', 'other.json': '[{"properties": {}}, 7]' });
    const body = (name: string): string => join(folder, 'bodies', name);
    expect(await run(diffCommand(), body('desired.json'), body('desired.json'))).toMatchObject({ code: 0, out: 'As declared.' });
    const other = await run(diffCommand(), body('desired.json'), body('live.json'));
    expect(other).toMatchObject({ code: 1, out: 'checkout:\n  properties.template.containers[checkout].image\n    declared "contoso.azurecr.io/checkout:1.4.1"\n    live     "contoso.azurecr.io/checkout:9"' });
    expect(await run(diffCommand(), body('desired.json'), body('none.json'))).toMatchObject({ code: 1, out: 'checkout: declared, and not there' });
    expect(await run(diffCommand(), body('desired.json'), body('text.json'))).toMatchObject({ code: 2, err: expect.stringMatching(/text\.json(:1:1)? is no JSON/) });
    expect(await run(diffCommand(), body('other.json'), body('desired.json'))).toMatchObject({ code: 2, err: expect.stringContaining('other.json, [1]: is no container app') });
    // Nothing declared is no agreement.
    expect(await run(diffCommand(), body('none.json'), body('desired.json'))).toMatchObject({ code: 2, err: expect.stringContaining('declares no container app') });
    expect(await run(diffCommand(), body('desired.json'), body('gone.json'))).toMatchObject({ code: 2 });
  });

  test('for people it is YAML with the resource’s id', async () => {
    const root = await write('good', goodManifests());
    const { out } = await run(renderCommand(), root, '--environment', 'staging', '--service', 'checkout');
    expect(out).toMatch(/^# \/subscriptions\/[^\n]+\/containerApps\/checkout\nlocation: westeurope\n/);
  });

  test('a service that is wrong is not rendered, and said', async () => {
    const root = await write('bad', bad());
    const { out, err, code } = await run(renderCommand(), root, '--environment', 'staging', '--format', 'json');
    expect([JSON.parse(out), code]).toEqual([[], 1]);
    expect(err).toContain('image-not-pinned');
  });

  test.each([
    { words: [], reason: 'no environment' },
    { words: ['--environment', 'qa'], reason: 'an environment that is not there' },
    { words: ['--environment', 'prod', '--service', 'cart'], reason: 'a service that is not there' },
  ])('$reason is misuse', async ({ words }) => {
    const root = await write('good', goodManifests());
    expect((await run(renderCommand(), root, ...words)).code).toBe(2);
  });
});
