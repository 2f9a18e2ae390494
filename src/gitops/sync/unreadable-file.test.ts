import { describe, expect, test } from 'vitest';
import { gitopsWorld, ownerTenant, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { goodManifests } from '../../../test/support/manifests.ts';
import { memoryParsed } from '../../../test/support/tiny-language.ts';
import type { RepositoryReader } from '../ports.ts';
import { commitReader, type CommitReader } from '../desired/commit-reader.ts';
import { desiredStateReader } from '../desired/desired-state-reader.ts';
import { fileProblem } from '../domain/file-problem.ts';
import { parseFile } from '../parser/parse-file.ts';

const service = 'trueup/RuntimeService.yaml';

/** Reads manifests as they are; whatever says so takes too long. */
function commitsOf(repository: RepositoryReader): CommitReader {
  const parse = async (path: string, bytes: Uint8Array) =>
    new TextDecoder().decode(bytes).startsWith('# slow') ? { path, documents: [], problems: [fileProblem({ file: path, code: 'parse-timeout', message: 'It took too long' })] } : parseFile(path, bytes);
  return commitReader({ repository, parser: { parse }, parsed: memoryParsed() });
}

async function synced({ github, settle }: GitopsWorld, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  github.commit('main', { ...files });
  const emitted = await settle('SyncRepository', { reason: 'push' });
  return emitted.map(({ type, payload }) => [type, 'environment' in payload ? payload.environment : '', 'services' in payload ? String(payload.services) : ''].join(' ').trim());
}

const good: Readonly<Record<string, string>> = { ...goodManifests(), 'trueup/catalog.yaml': (goodManifests()[service] ?? '').replaceAll('checkout', 'catalog') };
const newer = (goodManifests()[service] ?? '').replace(':1.4.1', ':1.5.0');

/** Texts that may hide any document, and one that is the service under a name that it cannot have. */
const hiding = [
  { text: '{', reason: 'it is no YAML' },
  { text: '# slow', reason: 'it took too long' },
  { text: (good[service] ?? '').replace('kind: RuntimeService', 'kind: Deployment'), reason: 'it may be anything' },
];
const unreadable = [
  ...hiding,
  { text: (good[service] ?? '').replace('name: checkout,', 'name: Check_out,'), reason: 'its name is none' },
];

/** Provisioning only ensures what is declared; it takes nothing away. */
const isMore = (command: string): boolean => !command.startsWith('ProvisionEnvironment');

describe('a push with a file that cannot be read', () => {
  test.each(hiding)('applies and removes nothing: $reason', async ({ text }) => {
    const world = gitopsWorld([], undefined, commitsOf);
    await synced(world, good);
    for (const file of Object.keys(good)) {
      expect((await synced(world, { ...good, [file]: text })).filter(isMore), file).toEqual([]);
      expect((await synced(world, good)).filter(isMore), `${file} as before`).toEqual([]);
    }
  });

  test.each(unreadable)('says to nobody that its service is declared no more, nor after a push of another: $reason', async ({ text }) => {
    const world = gitopsWorld([], undefined, commitsOf);
    const desired = desiredStateReader(commitsOf(world.github.repository), world.store);
    await synced(world, good);
    for (const catalog of [good['trueup/catalog.yaml'] ?? '', newer.replaceAll('checkout', 'catalog')]) {
      await synced(world, { ...good, 'trueup/catalog.yaml': catalog, [service]: text });
      const { environment } = (await desired.current(ownerTenant, 'prod')) ?? {};
      expect([environment?.services.map(({ name }) => name), environment?.invalid]).toEqual([['catalog'], expect.arrayContaining([{ kind: 'RuntimeService', name: 'checkout' }])]);
    }
  });

  test.each(hiding)('holds a service back whose policy it may hold, and goes on with one that has none: $reason', async ({ text }) => {
    const world = gitopsWorld([], undefined, commitsOf);
    const desired = desiredStateReader(commitsOf(world.github.repository), world.store);
    const policy = 'trueup/ScalingPolicy.yaml';
    const running = async () => (await desired.current(ownerTenant, 'prod'))?.environment?.services.map(({ name }) => name);
    expect(await synced(world, { ...good, [policy]: text }), 'nothing is known').not.toContainEqual(expect.stringContaining('Deploy'));
    expect(await running()).toEqual([]);
    expect(await synced(world, good)).toEqual(expect.arrayContaining(['Deploy prod catalog,checkout', 'Deploy staging catalog,checkout']));
    expect(await synced(world, { ...good, [policy]: text, [service]: newer, 'trueup/catalog.yaml': newer.replaceAll('checkout', 'catalog') })).toEqual(['Deploy prod catalog']);
    expect(await running()).toEqual(['catalog']);
  });

  test('applies what changed in it once it can be read, at the same commit too', async () => {
    const world = gitopsWorld([], undefined, commitsOf);
    await synced(world, good);
    expect(await synced(world, { ...good, [service]: `# slow\n${newer}` })).toEqual([]);
    expect(await synced(world, { ...good, [service]: newer })).toEqual(['Deploy prod checkout']);
  });

  test('removes a service only once everything can be read', async () => {
    const world = gitopsWorld([], undefined, commitsOf);
    const desired = desiredStateReader(commitsOf(world.github.repository), world.store);
    await synced(world, good);
    const { [service]: _service, ...without } = good;
    await synced(world, { ...without, 'trueup/ScalingPolicy.yaml': '{' });
    expect((await desired.current(ownerTenant, 'prod'))?.environment?.invalid).toContainEqual({ kind: 'RuntimeService', name: 'checkout' });
    const { ['trueup/ScalingPolicy.yaml']: _policy, ...rest } = without;
    await synced(world, rest);
    expect((await desired.current(ownerTenant, 'prod'))?.environment?.invalid).toEqual([]);
  });
});
