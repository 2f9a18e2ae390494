import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ContainerAppsAPIClient } from '@azure/arm-appcontainers';
import { ResourceManagementClient } from '@azure/arm-resources';
import { Octokit } from '@octokit/rest';
import { afterAll, describe, expect, test } from 'vitest';
import { all } from '../support/local-azure.ts';
import { startedLocal, type LocalReady, type StartedLocal } from '../support/local-cli.ts';
import { isRunning } from '../support/processes.ts';

const run = promisify(execFile);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const seed = `azure:
  subscription: 11111111-1111-4111-8111-111111111111
  pace: quick
  resourceGroups: [{ name: rg-shop, location: northeurope, tags: { team: shop } }]
  identities: [{ name: id-shop, resourceGroup: rg-shop }, { name: id-one, resourceGroup: rg-both }, { name: id-two, resourceGroup: rg-both, location: northeurope }]
  vaults:
    - { name: kv-shop, resourceGroup: rg-shop, secrets: [{ name: api-key, value: s3cret }] }
github:
  app: { id: 77, events: [push] }
  webhook: { url: "http://127.0.0.1:9/hook", secret: a-secret-of-the-webhook }
  users: [{ login: alice, permission: read }]
  repositories: [{ name: shop, files: { README.md: "hello\\n" } }]
`;

const scratch = mkdtempSync(join(tmpdir(), 'trueup-local-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const seedFile = join(scratch, 'seed.yaml');
writeFileSync(seedFile, seed);
const marsFile = join(scratch, 'mars.yaml');
writeFileSync(marsFile, 'azure: { resourceGroups: [{ name: rg-a, location: mars }] }\n');
const directory = join(scratch, 'made', 'for-it');

function sdk({ azure }: LocalReady, ca: string) {
  const credential = { getToken: async () => ({ token: azure.token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const options = { endpoint: azure.arm, tlsOptions: { ca }, retryOptions: { maxRetries: 0 } };
  return { resources: new ResourceManagementClient(credential, azure.subscription, options), apps: new ContainerAppsAPIClient(credential, azure.subscription, options) };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function json(url: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

/** As a browser sends it: `fetch` does not let a program say these headers. */
function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers }, (answer) => resolve(answer.resume().statusCode)).once('error', reject);
    call.end('{"name":"azure:429"}');
  });
}

const ask = (url: string, fault: object) => json(url, { method: 'POST', body: JSON.stringify(fault) });

describe.concurrent('trueup local', { timeout: 120_000 }, () => {
  test('serves real clients, git and faults with what the seed says, and leaves nothing', async () => {
    await using local = await startedLocal(['all', '--json', '--seed', seedFile, '--fault', 'github:500,path=/repos/acme/shop']);
    const ready = await local.ready();
    const { azure, github, panel } = ready;
    const ca = await readFile(azure.caFile, 'utf8');
    const { resources, apps } = sdk(ready, ca);

    const made = await resources.resourceGroups.createOrUpdate('rg-mine', { location: 'westeurope' });
    const environment = await apps.managedEnvironments.beginCreateOrUpdateAndWait('rg-mine', 'cae-mine', { location: 'westeurope' }, { updateIntervalInMs: 50 });
    expect([made.name, environment.provisioningState]).toEqual(['rg-mine', 'Succeeded']);
    expect((await all(resources.resourceGroups.list())).map(({ name, location, tags }) => [name, location, tags ?? {}])).toEqual(expect.arrayContaining([['rg-shop', 'northeurope', { team: 'shop' }], ['rg-both', 'westeurope', {}]]));
    expect((await all(resources.resources.list())).map(({ name }) => name)).toEqual(expect.arrayContaining(['id-shop', 'id-one', 'id-two', 'kv-shop', 'cae-mine']));
    expect(azure.subscription).toBe('11111111-1111-4111-8111-111111111111');

    const octokit = new Octokit({ baseUrl: github.api, auth: github.token, log: quiet });
    const repository = { owner: 'acme', repo: 'shop' };
    await expect(octokit.repos.get(repository)).rejects.toMatchObject({ status: 500 });
    expect((await octokit.repos.get(repository)).data.full_name).toBe('acme/shop');
    const clone = join(local.folder, 'clone');
    await run('git', ['clone', '--quiet', github.repositories[0]?.clone ?? '', clone]);
    expect(await readFile(join(clone, 'README.md'), 'utf8')).toBe('hello\n');
    expect(github.users).toEqual([{ login: 'alice', permission: 'read', token: expect.stringMatching(/^ghp_/) }]);
    expect(ready.env).toMatchObject({ APP_ID: '77', WEBHOOK_SECRET: 'a-secret-of-the-webhook', GITHUB_API_URL: github.api, AZURE_CA_FILE: azure.caFile, AZURE_ROUTE_PORT: String(azure.port) });

    expect((await ask(panel.faults, { name: 'azure:429', path: '/resourcegroups/rg-mine', times: 2 })).body).toMatchObject({ id: 'azure-1', struck: 0, left: 2 });
    await expect(resources.resourceGroups.get('rg-mine')).rejects.toMatchObject({ statusCode: 429 });
    expect((await json(panel.faults)).body).toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining({ name: 'azure:429', cloud: 'azure' }), expect.objectContaining({ name: 'github:500', cloud: 'github' })]),
      asked: [{ id: 'azure-1', name: 'azure:429', times: 2, struck: 1, left: 1 }, { id: 'github-1', name: 'github:500', struck: 1, left: 0 }],
    });
    expect((await json(`${github.url}/local/faults`)).body).toMatchObject({ asked: [{ id: 'github-1', struck: 1 }] });
    expect((await json(`${panel.journal}?cloud=github`)).body).toMatchObject({ entries: expect.arrayContaining([expect.objectContaining({ cloud: 'github', path: '/repos/acme/shop', status: 500 })]) });
    expect((await json(`${panel.faults}/azure-1`, { method: 'DELETE' })).status).toBe(204);
    expect((await resources.resourceGroups.get('rg-mine')).name).toBe('rg-mine');

    await run('rm', ['-r', clone]);
    local.child.kill('SIGTERM');
    expect(await local.exited).toEqual([0, null]);
    expect(local.printed.out).toHaveLength(1);
    expect(local.printed.error).toBe('');
    expect(await local.left()).toEqual([]);
    expect(await Promise.all([azure.port, Number(new URL(github.url).port), Number(new URL(panel.url).port)].map(answers))).toEqual([false, false, false]);
  });

  test('tells a person how to use it, and ends with Ctrl-C', async ({ expect }) => {
    await using local = await startedLocal(['github', '--webhook', 'http://127.0.0.1:9/hook', '--directory', directory]);
    await expect.poll(() => local.printed.out.join('\n'), { timeout: 60_000 }).toMatch(/export GITHUB_THROTTLE/);
    const text = local.printed.out.join('\n');
    expect(text).toMatch(/git clone http:\/\/maintainer:ghp_\w+@127\.0\.0\.1:\d+\/acme\/sandbox\.git/);
    expect(text).toMatch(/curl -s http:\/\/127\.0\.0\.1:\d+\/faults -d/);
    expect(text).not.toContain('Azure');
    local.child.kill('SIGINT');
    expect(await local.exited).toEqual([0, null]);
    expect(await run('ls', ['-A', directory]).then(() => 'there', () => 'gone')).toBe('gone');
  });

  test('leaves what somebody else put into its directory, and refuses to overwrite it', async () => {
    const shared = join(scratch, 'shared');
    const args = ['azure', '--json', '--directory', shared];
    await mkdir(join(shared, 'github', 'x'), { recursive: true });
    await writeFile(join(shared, 'app-key.pem'), 'mine');
    await using local = await startedLocal(args);
    const { caFile } = (await local.ready()).azure;
    const ca = await readFile(caFile, 'utf8');
    await using second = await startedLocal(args);
    expect(await second.exited).toEqual([2, null]);
    expect(second.printed.error).toMatch(/ca\.pem and .*federated-token\.jwt are there already.*another --directory/);
    expect(await readFile(caFile, 'utf8')).toBe(ca);
    local.child.kill('SIGINT');
    expect(await local.exited).toEqual([0, null]);
    expect((await readdir(shared, { recursive: true })).toSorted()).toEqual(['app-key.pem', 'github', 'github/x']);
    expect(await readFile(join(shared, 'app-key.pem'), 'utf8')).toBe('mine');
  });

  test('with --until-stdin-ends leaves nothing when whoever started it is killed', async ({ expect }) => {
    const made = join(scratch, 'of-a-killed-one');
    const program = `require('node:child_process').spawn(process.execPath, ['src/cli/main.ts', 'local', 'azure', '--json', '--until-stdin-ends', '--directory', ${JSON.stringify(made)}], { stdio: ['pipe', 'inherit', 'inherit'] });`;
    const parent = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(parent.stdout), 'line');
    // The test holds what it uses of it.
    const { azure, pid } = JSON.parse(String(line)) as LocalReady;
    expect(await answers(azure.port)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
    expect(existsSync(made)).toBe(false);
  });

  test.each([
    { reason: 'with the pipe', args: ['--until-stdin-ends'], end: ({ child }: StartedLocal) => void child.stdin.end() },
    { reason: 'and with a signal all the same', args: ['--until-stdin-ends'], end: ({ child }: StartedLocal) => void child.kill('SIGTERM') },
  ])('ends $reason', async ({ args, end }) => {
    await using local = await startedLocal(['azure', '--json', ...args]);
    await local.ready();
    end(local);
    expect(await local.exited).toEqual([0, null]);
    expect(await local.left()).toEqual([]);
  });

  test('without --until-stdin-ends it stays when nobody writes to it any more', async () => {
    await using local = await startedLocal(['azure', '--json']);
    const { panel } = await local.ready();
    local.child.stdin.end();
    local.child.stdout.destroy();
    for (let asked = 0; asked < 3; asked += 1) expect((await json(panel.faults)).status).toBe(200);
  });

  test('its panel refuses what it does not know, in words, and pages of the web', async () => {
    await using local = await startedLocal(['azure', '--json']);
    const { panel, azure } = await local.ready();
    expect(await ask(panel.faults, { name: 'azure:428' })).toMatchObject({ status: 422, body: { message: expect.stringMatching(/there is no fault "azure:428" here.*azure:429/), names: expect.arrayContaining(['azure:429']) } });
    expect(await ask(panel.faults, { name: 'azure:429', times: 0, methd: 'GET' })).toMatchObject({ status: 422, body: { message: expect.stringMatching(/times is a whole number from 1 on/) } });
    // Of those who got the name right, nobody needs all of them.
    for (const body of [{ name: 'azure:429', times: 0 }, { name: 'azure:429', methd: 'GET' }]) expect(JSON.stringify((await ask(panel.faults, body)).body)).not.toContain('azure:503');
    expect(await ask(panel.faults, {})).toMatchObject({ status: 422, body: { message: expect.stringMatching(/name is the name of a fault.*azure:503/) } });
    expect(await json(panel.faults, { method: 'POST', body: '{' })).toMatchObject({ status: 422, body: { message: expect.stringMatching(/The fields: name, times/) } });
    expect(await ask(panel.faults, { name: 'x'.repeat(65_536) })).toMatchObject({ status: 413, body: { message: expect.stringContaining('65536 bytes') } });
    expect(await json(`${panel.faults}/azure-9`, { method: 'DELETE' })).toMatchObject({ status: 404 });
    expect(await json(`${panel.journal}?cloud=aws`)).toMatchObject({ status: 422, body: { message: 'cloud is one of azure' } });
    expect(await json(`${panel.url}/other`)).toMatchObject({ status: 404, body: { message: expect.stringContaining('/faults') } });

    const page = (headers: Record<string, string>) => statusFor(panel.faults, headers);
    expect(await page({ origin: 'https://evil.example' })).toBe(403);
    expect(await page({ origin: 'null' })).toBe(403);
    expect(await page({ host: 'evil.example' })).toBe(403);
    expect(await page({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await page({ origin: panel.url })).toBe(201);
    expect((await run('curl', ['-s', '--cacert', azure.caFile, '-H', 'origin: https://evil.example', '-X', 'DELETE', `${azure.arm}/local/faults`])).stdout).toContain('Pages of other origins');
    expect((await json(panel.faults)).body).toMatchObject({ asked: [{ id: 'azure-1' }] });
  });

  test.each([
    { reason: 'no such fault', args: ['azure', '--fault', 'azure:428'], code: 2, says: /Did you mean `azure:429`.*azure:hang/ },
    { reason: 'a fault of the other cloud', args: ['github', '--fault', 'azure:429'], code: 2, says: /trueup local all/ },
    { reason: 'a port of the other cloud', args: ['azure', '--port', 'github=9000'], code: 2, says: /--port github=9000 .*trueup local all/ },
    { reason: 'a seed with a region that there is not', args: ['azure', '--seed', marsFile], code: 2, says: /mars\.yaml:1:51 error [^]*expected: a region[^]*hint: / },
    { reason: 'a seed that is not there', args: ['azure', '--seed', '/none'], code: 2, says: /the seed \/none cannot be read \(ENOENT\)/ },
    { reason: 'a directory that is a file', args: ['azure', '--directory', 'package.json'], code: 1, says: /package\.json is not a directory/ },
    { reason: 'no git', args: ['github'], code: 1, says: /git is not on the PATH.*2\.38/, env: { PATH: '/nonexistent' } },
  ])('says what is wrong, and leaves nothing: $reason', async ({ args, code, says, env }) => {
    await using local = await startedLocal(args, env);
    expect(await local.exited).toEqual([code, null]);
    expect(local.printed.error).toMatch(says);
    expect(local.printed.out).toEqual([]);
    expect(await local.left()).toEqual([]);
  });

  test('says which port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    // It listens on TCP.
    const { port } = server.address() as AddressInfo;
    for (const name of ['azure', 'panel']) {
      await using local = await startedLocal(['azure', '--port', `${name}=${port}`]);
      expect(await local.exited).toEqual([1, null]);
      expect(local.printed.error).toMatch(new RegExp(`port ${port} is taken.*--port ${name}=PORT`));
      expect(await local.left()).toEqual([]);
    }
    server.close();
  });
});
