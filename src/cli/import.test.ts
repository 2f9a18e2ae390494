import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { run } from '../../test/support/cli-run.ts';
import type { ParsedFile } from '../gitops/domain/parsed-file.ts';
import type { JsonObject } from '../kernel/desired-state.ts';
import { manifestsOf, soleTenantIn, type Manifests } from './import/manifests-of.ts';
import { savedApps } from './import/saved-apps.ts';
import { importCommand } from './import.ts';
import { validateCommand } from './validate.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueup-import-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const group = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop';

interface Parts {
  readonly name?: string;
  readonly place?: string;
  readonly env?: readonly JsonObject[];
  readonly image?: string;
  readonly secrets?: readonly JsonObject[];
}

function app({ name = 'web', place = 'cae-shop', env = [], image = 'docker.io/contoso/web:1.2', secrets = [] }: Parts = {}): JsonObject {
  return {
    id: `${group}/providers/Microsoft.App/containerapps/${name}`,
    name,
    location: 'West Europe',
    properties: {
      environmentId: `${group}/providers/Microsoft.App/managedEnvironments/${place}`,
      configuration: { activeRevisionsMode: 'Single', secrets, ingress: { external: true, targetPort: 80, transport: 'Auto' } },
      template: { containers: [{ name, image, env, resources: { cpu: 0.5, memory: '1Gi' } }], scale: { minReplicas: 1, maxReplicas: 2 } },
    },
  };
}

async function saved(name: string, content: string | Buffer | object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
}

const into = (name: string): string => join(folder, name);
const imports = (file: string, target: string, ...words: readonly string[]) => run(importCommand(), '--from', file, '--into', into(target), ...words);
const options = { environment: null, tenant: 'shop', stage: 'prod' } as const;
const paths = ({ files }: Manifests): readonly string[] => files.map(({ path }) => path).toSorted();
const declares = (path: string, value: JsonObject): ParsedFile => ({ path, documents: [{ value, location: { file: path, line: 1, column: 1, endLine: 1 }, places: {} }], problems: [] });

describe('trueup import', () => {
  test('writes manifests that are valid at once, never what is secret, and never over what is there', async () => {
    const file = await saved('shop.json', [app(), app({ name: 'api', secrets: [{ name: 'db' }], env: [{ name: 'DB_PASSWORD', value: 'hunter2-of-the-shop' }, { name: 'DB', secretRef: 'db' }] })]);
    const done = await imports(file, 'shop', '--tenant', 'shop', '--environment', 'prod');
    expect(done).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/Wrote 4 files[\s\S]*DB_PASSWORD may be a secret[\s\S]*secret db: its value lies in Azure alone/) });
    expect(await run(validateCommand(), into('shop'))).toMatchObject({ code: 0, out: expect.stringContaining('environments: prod; 0 errors, 0 warnings') });
    const service = join(into('shop'), 'trueup/services/api.yaml');
    expect(`${await readFile(service, 'utf8')}${done.out}`).not.toContain('hunter2');
    await writeFile(service, '# mine\n');
    expect(await imports(file, 'shop', '--environment', 'prod')).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was written.'), err: expect.stringContaining('trueup/services/api.yaml is there already') });
    expect(await readFile(service, 'utf8')).toBe('# mine\n');
    const latest = await saved('latest.json', [app({ image: 'docker.io/contoso/web:latest' })]);
    const forced = await imports(latest, 'shop', '--environment', 'prod', '--force', '--format', 'json');
    expect(forced.code).toBe(1);
    expect(JSON.parse(forced.out)).toMatchObject({ files: expect.arrayContaining(['trueup/services/web.yaml']), problems: [{ code: 'image-not-pinned' }] });
    expect(await readFile(join(into('shop'), 'trueup/services/web.yaml'), 'utf8')).toContain('tenant: shop');
  });

  test.each([
    { reason: 'one app', answer: app() },
    { reason: 'a list, as az containerapp list prints it', answer: [app()] },
    { reason: 'an answer of ARM', answer: { value: [app()] } },
    { reason: 'what PowerShell writes', answer: Buffer.from(`\uFEFF${JSON.stringify([app()])}`, 'utf16le') },
  ])('reads $reason', async ({ answer }) => {
    expect(await savedApps(await saved('shape.json', answer))).toEqual([app()]);
  });

  test('of several Container Apps environments in a group, the one with most of the apps, and says so', () => {
    const made = manifestsOf([app({ name: 'api', place: 'cae-other' }), app(), app({ name: 'jobs' })], options, []);
    expect(paths(made)).toEqual(['trueup/environments/cae-shop.yaml', 'trueup/services/jobs.yaml', 'trueup/services/web.yaml', 'trueup/tenants/shop.yaml']);
    expect(made.notes).toEqual([expect.stringMatching(/^api: it runs in the Container Apps environment cae-other/)]);
    const elsewhere = (name: string) => JSON.parse(JSON.stringify(app({ name, place: 'cae-other' })).replaceAll('/resourceGroups/', `/resourceGroups/${name}-`)) as JsonObject; // of an object
    const scattered = manifestsOf([...['a', 'b', 'c'].map(elsewhere), app(), app({ name: 'jobs' })], options, []);
    expect(paths(scattered)[0], 'of the same name in another group is another').toBe('trueup/environments/cae-shop.yaml');
    expect(() => manifestsOf([app({ place: '7' })], options, [])).toThrow('--environment');
    expect(() => manifestsOf([app()], { ...options, environment: 'Prod' }, [])).toThrow('--environment Prod is not a name');
  });

  test.each([
    { reason: 'nowhere', there: [], binding: true, notes: [] },
    { reason: 'there', there: [declares('trueup/mine.yaml', { kind: 'RuntimeTenantBinding', metadata: { tenant: 'shop' }, spec: { environments: ['cae-shop'] } })], binding: false, notes: [] },
    { reason: 'there, elsewhere', there: [declares('trueup/mine.yaml', { kind: 'RuntimeTenantBinding', metadata: { tenant: 'shop' }, spec: { environments: ['staging'] } })], binding: false, notes: ['the tenant shop is bound in trueup/mine.yaml already: add cae-shop to its environments'] },
    { reason: 'by another', there: [declares('trueup/mine.yaml', { kind: 'RuntimeTenantBinding', metadata: { tenant: 'acme' } })], binding: true, notes: [] },
  ])('a tenant that is bound $reason', ({ there, binding, notes }) => {
    const made = manifestsOf([app()], options, there);
    expect([paths(made).includes('trueup/tenants/shop.yaml'), made.notes]).toEqual([binding, notes]);
  });

  test('whose they are follows from the folder, where it speaks of one', () => {
    const of = (...tenants: readonly string[]) => soleTenantIn(tenants.map((tenant) => declares('x.yaml', { metadata: { tenant } })));
    expect([of(), of('acme', 'acme'), of('acme', 'shop')]).toEqual([null, 'acme', null]);
  });

  test.each([
    { reason: 'no JSON', content: '[\n  {"id": 1,,}\n]', says: /bad\.json:2:\d+ is no JSON/ },
    { reason: 'an empty file', content: '', says: /bad\.json is no JSON: it is empty/ },
    { reason: 'a body that is no container app', content: JSON.stringify([app(), { name: 'other', id: 'x' }]), says: /bad\.json, \[1\] \(other\): is no container app: it has an `id` that is not one of a container app\. Expected is what `az containerapp list/ },
    { reason: 'a job', content: JSON.stringify({ value: [{ ...app(), id: `${group}/providers/Microsoft.App/jobs/web` }] }), says: /value\[0\] \(web\): is no container app/ },
    { reason: 'what a query left of it', content: JSON.stringify([{ ...app(), properties: { template: {} } }]), says: /\[0\] \(web\): is no container app: it has no `properties\.template\.containers`/ },
    { reason: 'one app twice', content: JSON.stringify({ value: [app(), app({ name: 'api' }), { ...app(), id: String(app()['id']).toUpperCase() }] }), says: /value\[2\] \(web\): it is the container app of value\[0\] once more: leave one of them out/ },
    { reason: 'a number', content: '[7]', says: /\[0\]: is no container app: it is no JSON object/ },
  ])('says what is wrong with the file and where: $reason', async ({ content, says }) => {
    const done = await imports(await saved('bad.json', content), 'bad');
    expect([done.code, done.out]).toEqual([2, '']);
    expect(done.err).toMatch(says);
  });

  test.each([
    { reason: 'nothing to import from', words: [] },
    { reason: 'a file and a group', words: ['--from', 'x.json', '--resource-group', 'rg'] },
    { reason: 'a group without its subscription', words: ['--resource-group', 'rg'] },
    { reason: 'a file that is not there', words: ['--from', '/nowhere.json'] },
    { reason: 'a stage that is not there', words: ['--from', 'x.json', '--stage', 'live'] },
  ])('$reason is misuse', async ({ words }) => {
    expect(await run(importCommand(), ...words)).toMatchObject({ code: 2, err: expect.stringContaining('error: ') });
  });

  test('a folder that is a file is misuse', async () => {
    const file = await saved('file.json', app());
    expect(await run(importCommand(), '--from', file, '--into', file)).toMatchObject({ code: 2, err: expect.stringMatching(/file\.json cannot be written \((ENOTDIR|EEXIST)\): --into names a folder/) });
  });

  test('no app is nothing, and not green', async () => {
    expect(await imports(await saved('none.json', []), 'none')).toMatchObject({ code: 1, out: expect.stringContaining('there is no container app') });
  });
});
