import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armGet, armWrite, containerAppPath } from '../../src/cli/demo/arm-client.ts';
import { subscription } from '../../src/cli/demo/storefront.ts';
import { until } from '../../src/cli/demo/until.ts';
import type { Canary } from './canaries.ts';
import { maria, type SecretWorld } from './secret-world.ts';
import { groupOf, shopFiles } from './shop.ts';
import type { Shop } from './shop-seen.ts';

/** What a person's words hold: a branch, a title and messages. */
export interface Words {
  readonly branch: string;
  readonly title: string;
  readonly message: string;
}

const patient = { withinMs: 90_000, everyMs: 50 };

/** Somebody puts secrets into a running app in the portal, as values of variables, in place of a declared one, and in a tag. */
export async function portalEdit(world: SecretWorld, shop: Shop, planted: readonly Canary[]): Promise<void> {
  const { azure } = world.stage;
  const { tags, properties: { template } } = await shop.app('web');
  const [first, second, ...others] = planted;
  const more = others.map(({ text }, index) => ({ name: index % 2 === 0 ? `NOTE_${index}` : `PARTNER_TOKEN_${index}`, value: text }));
  const containers = template.containers.map((one) => ({ ...one, env: [...one.env.map((entry) => (entry.name === 'FEATURE_NEW_CART' ? { ...entry, value: first?.text ?? '' } : entry)), ...more] }));
  await armWrite({ ...azure, token: azure.signIn(maria) }, 'PATCH', containerAppPath(subscription, groupOf(shop.name, 'dev'), 'web'), { tags: { ...tags, note: second?.text ?? '' }, properties: { template: { ...template, revisionSuffix: '', containers } } });
}

/** The drift is told on the check of the health, and answered by a pull request. */
export async function driftProposed(shop: Shop): Promise<void> {
  await until(`a pull request of ${shop.name}`, async () => (await shop.rest<readonly { head: { ref: string } }[]>('GET', '/pulls?state=open')).find(({ head }) => head.ref === 'trueup/drift/dev/web') ?? null, patient);
}

/** A pull request of manifests that hold what they must not, some of them broken besides. @returns its number. */
export async function badManifests(shop: Shop, planted: readonly Canary[], { branch, title, message }: Words): Promise<number> {
  await using work = await shop.clone();
  await work.branch(branch);
  const files = Object.fromEntries(planted.map(({ text }, index) => [`trueup/bad/file-${index}.yaml`, badManifest(index, text)]));
  const head = await work.commit(files, message);
  await work.push();
  const { number } = await shop.rest<{ number: number }>('POST', '/pulls', { title, body: title, head: branch, base: 'main' });
  await shop.finished(head, 'trueup/plan', () => true, patient.withinMs);
  await until(`the comment on ${shop.name}#${number}`, async () => (await shop.comments(number))[0] ?? null, patient);
  return number;
}

function badManifest(index: number, secret: string): string {
  const quoted = JSON.stringify(secret);
  const head = (name: string) => `apiVersion: trueup.dev/v1\nkind: RuntimeConfiguration\nmetadata: { name: ${name}, tenant: contoso }\nspec:\n`;
  const forms = [
    `${head('bad')}  values: { DATABASE_PASSWORD: ${quoted} }\n`,
    `${head('broken')}  values: { DATABASE_PASSWORD: ${quoted}\n  nothing: [closed\n`,
    `${head(quoted)}  values: { A: b }\n`,
    `${head('key')}  values: { ${quoted}: b }\n`,
    `${head('unknown')}  password: ${quoted}\n`,
    `${head('tabs')}\tvalues: ${quoted}\n`,
    `# ${secret.replaceAll('\n', ' ')}\nkind: ${quoted}\n`,
  ];
  return forms[index % forms.length] ?? '';
}

/** A release that Azure refuses by repeating all it was sent and more. */
export async function refusedRelease(world: SecretWorld, shop: Shop, planted: readonly Canary[], { branch, title, message }: Words): Promise<void> {
  const { azure } = world.stage;
  await using work = await shop.clone();
  await work.branch(branch);
  await work.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1.0.0', 'web:1.1.0') }, message);
  await work.push();
  const { number } = await shop.rest<{ number: number }>('POST', '/pulls', { title, head: branch, base: 'main' });
  azure.faults.echoing(planted.map(({ text }) => text));
  for (const method of ['PUT', 'PATCH']) azure.faults.ask({ name: 'azure:echo', times: 2, path: `rg-${shop.name}/`, method, by: 'bot' });
  const merged = await shop.merge(number);
  await shop.finished(merged, 'trueup/deploy (dev)', () => true, patient.withinMs);
}

/** GitHub refuses Trueup's comment by repeating all it was sent and more, so that the message becomes a dead letter. */
export async function refusedComment(world: SecretWorld, shop: Shop, planted: readonly Canary[]): Promise<void> {
  const { github } = world.stage;
  github.faults.echoing(planted.map(({ text }) => text));
  const asked = github.faults.ask({ name: 'github:echo', times: 1, path: `/${shop.name}/issues/`, method: 'POST', by: 'bot' });
  await using work = await shop.clone();
  await work.branch('commented');
  await work.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1', 'web:2') });
  await work.push();
  await shop.open('commented');
  await until('a comment that is refused', async () => (asked.struck > 0 ? true : null), patient);
}

/** Every command that reads any of it; `few`: one of each kind, because each is a process. @returns what they printed, by command, and the texts of the files that they wrote. */
export async function commands(world: SecretWorld, { drifted, bad, branch, few }: { readonly drifted: Shop; readonly bad: Shop; readonly branch: string; readonly few: boolean }): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'trueup-canaries-'));
  try {
    await using work = await bad.clone();
    await work.take(branch);
    const live = await armGet(world.stage.azure, containerAppPath(subscription, groupOf(drifted.name, 'dev'), 'web'));
    const [liveFile, declaredFile] = [join(folder, 'live.json'), join(folder, 'declared.json')];
    await writeFile(liveFile, JSON.stringify(live));
    await writeFile(declaredFile, JSON.stringify({ name: 'web', properties: { template: { containers: [{ name: 'web', image: 'contoso.azurecr.io/web:1.0.0', env: [{ name: 'FEATURE_NEW_CART', value: 'off' }] }] } } }));
    const lines: readonly (readonly string[])[] = [
      ['jobs', '--json'],
      ['validate', work.path],
      ...(few ? [] : [['jobs'], ['jobs', '--state', 'completed', '--json'], ['render', work.path], ['work']]),
      ['diff', declaredFile, liveFile],
      ['import', '--resource-group', groupOf(drifted.name, 'dev'), '--subscription', subscription, '--into', join(folder, 'imported')],
    ];
    const printed = await Promise.all(lines.map(async (line) => [`trueup ${line[0] ?? ''} ${line.slice(1).filter((word) => word.startsWith('-')).join(' ')}`.trim(), await ran(line, line[0] === 'work' ? { ...world.env, PORT: 'none', APP_ID: '' } : world.env)] as const));
    const { stdout: written } = await promised('sh', ['-c', `cat $(find "${join(folder, 'imported')}" -type f) /dev/null`]);
    return new Map([...printed, ['files of trueup import', written]]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const main = join(import.meta.dirname, '../../src/cli/main.ts');

async function ran(words: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout, stderr } = await promised(process.execPath, [main, ...words], { ...env, PATH: process.env['PATH'] ?? '' });
  return `${stdout}\n${stderr}`;
}

function promised(command: string, words: readonly string[], env?: Readonly<Record<string, string>>): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => execFile(command, [...words], { ...(env && { env }), maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => resolve({ stdout, stderr })));
}

/** Every commit of Trueup's own branches, with all that it changes. */
export async function ownCommits(world: SecretWorld, shop: Shop): Promise<string> {
  await using work = await shop.clone();
  const { stdout } = await promised('git', ['-C', work.path, 'log', '-p', '--format=raw', '--remotes=origin/trueup/*', '--not', 'origin/main']);
  return stdout;
}

export function filesThatDrift(name: string): Readonly<Record<string, string>> {
  const all = shopFiles(name);
  const place = 'trueup/environments/dev.yaml';
  return { ...all, [place]: (all[place] ?? '').replace('  drift: { mode: report }\n', '') };
}

export async function logsOf(world: SecretWorld): Promise<ReadonlyMap<string, Buffer>> {
  return new Map(await Promise.all(['web.log', 'worker.log'].map(async (name) => [name, await readFile(join(world.stage.directory, name))] as const)));
}
