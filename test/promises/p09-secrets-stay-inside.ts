import { createHash } from 'node:crypto';
import { canaryHunt, type CanaryHunt } from '../support/canary-hunt.ts';
import { canaryMaker, shapeNames, type Canary, type CanaryMaker, type Shape } from '../support/canaries.ts';
import { seenFromOutside } from '../support/processes.ts';
import { badManifests, commands, driftProposed, filesThatDrift, logsOf, ownCommits, portalEdit, refusedComment, refusedRelease, type Words } from '../support/secret-story.ts';
import { secretWorld, type SecretWorld } from '../support/secret-world.ts';
import { secretVersions, shopFiles, vaultOf } from '../support/shop.ts';
import { shopSeen, type Shop } from '../support/shop-seen.ts';
import type { PromiseProof, ProofOptions, Proved } from './promise.ts';

/** How many canaries are put into each source; those of the process itself come on top. */
const sizes: Record<ProofOptions['size'], { readonly each: number }> = { short: { each: 6 }, full: { each: 39 } };

export const p09: PromiseProof = {
  id: 'P9',
  promise: 'A secret never leaves through logs, comments, checks, pull requests, Redis, metrics or errors',
  how: 'Made-up secrets of seven shapes are put where secrets are: into vaults, by hand into variables and tags of running apps, into what Azure and GitHub repeat in errors, into manifests, well-formed and broken, into branch names, titles and commit messages; webhook secret, password of Redis, seal key, private key and every token that Trueup was given are looked for, too. Then everything is run that meets them: plan, merge, drift and its pull request, a refused release, a comment that GitHub refuses, bad webhooks, `trueup jobs`, `validate`, `render`, `diff`, `import` and a start that fails. Each sink is searched for 12 bytes in a row of any of them, as they are, in URLs, JSON and HTML, in base64 at every alignment and in hexadecimal: both logs at level debug, all that was sent to GitHub, all commits of the bot, every key of Redis and its append-only file, `/metrics`, answers over HTTP, and what the commands printed and wrote. A secret counts as reachable when it was in an answer to Trueup or in the environment of its process.',
  limits: 'what stands in Git is in Git already: branch names, titles, commit messages and manifests are searched for everywhere but there. Values of vaults reach Trueup in no answer, because it reads only their metadata; they count as reachable when their vault was read. Container logs reach Trueup as numbers alone.',
  thresholds: { hits: { atMost: 0 }, notReachable: { atMost: 0 }, canaries: { atLeast: 40 }, sinksScanned: { atLeast: 100 }, bytesScanned: { atLeast: 500_000 } },
  run,
};

async function run({ seed, size, tell }: ProofOptions): Promise<Proved> {
  const plan = planted(canaryMaker(seed), sizes[size].each);
  await using world = await secretWorld({
    shops: { drifts: filesThatDrift('drifts'), refused: shopFiles('refused') },
    vaults: ['drifts', 'refused'].map((name, index) => ({
      name: vaultOf(name), resourceGroup: 'rg-vaults', location: 'westeurope',
      secrets: [{ name: 'api-key', versions: plan.vaults.filter((_, at) => at % 2 === index).map(({ text }, at) => ({ version: at === 0 ? secretVersions.first : createHash('md5').update(text).digest('hex'), value: text })) }],
    })),
    webhookSecret: plan.webhookSecret.text, redisPassword: plan.redisPassword.text, sealKey: plan.sealKey.text,
  });
  tell('Trueup runs');
  const printed = await story(world, plan, size === 'short', tell);
  tell('the story is told; everything is searched');
  const all = [...Object.values(plan.process), ...plan.sources, ...ofTheRun(world)];
  const hunt = canaryHunt(all);
  const reachable = reached(world, plan, all, hunt);
  const sinks = await sinksOf(world, printed);
  const hits = [...sinks].flatMap(([sink, text]) => hunt(sink, text));
  for (const { canary, form, sink, around } of hits) tell(`${canary.source}, ${form}, in ${sink}: ${around.replaceAll(/\s+/g, ' ')}`);
  const unreached = all.filter((canary) => !reachable.has(canary));
  for (const canary of unreached) tell(`${canary.source} was never met: ${canary.text.slice(0, 30)}`);
  return {
    run: { shapes: shapeNames.length + 2, sources: new Set(all.map(({ source }) => source)).size },
    figures: { hits: hits.length, canaries: all.length, notReachable: unreached.length, sinksScanned: sinks.size, bytesScanned: [...sinks.values()].reduce((sum, bytes) => sum + bytes.length, 0) },
  };
}

interface Plan {
  readonly webhookSecret: Canary;
  readonly redisPassword: Canary;
  readonly sealKey: Canary;
  readonly process: Readonly<Record<string, Canary>>;
  readonly vaults: readonly Canary[];
  readonly portal: readonly Canary[];
  readonly azure: readonly Canary[];
  readonly github: readonly Canary[];
  readonly manifests: readonly Canary[];
  readonly words: readonly Canary[];
  /** All but those of the process. */
  readonly sources: readonly Canary[];
}

function planted(make: CanaryMaker, each: number): Plan {
  const many = (source: string, of: readonly (Shape | null)[]): readonly Canary[] => Array.from({ length: each }, (_, index) => make(source, of[index % of.length] ?? null));
  const everything = [...shapeNames, null];
  const webhookSecret = make('webhook secret', null);
  const redisPassword = make('password of Redis', null);
  const bytes = Buffer.from(make('', 'letters and digits').text).subarray(0, 32);
  const sealKey: Canary = { source: 'seal key', text: bytes.toString('base64'), cores: [bytes.toString('latin1'), bytes.toString('base64')] };
  const sources = {
    vaults: many('vault', everything),
    portal: many('live app', everything),
    azure: many('error of Azure', everything),
    github: many('error of GitHub', everything),
    // Under a key that says so, and by its look everywhere else: what looks like nothing and stands anywhere nobody can tell.
    manifests: Array.from({ length: each }, (_, index) => make('manifest', index % 7 === 0 ? 'letters and digits' : (shapeNames[index % shapeNames.length] ?? 'GitHub token'))),
    words: (['branch name', 'title', 'commit message'] as const).flatMap((source) => [make(source, 'GitHub token'), make(source, 'GitHub token')]),
  };
  return { webhookSecret, redisPassword, sealKey, process: { webhookSecret, redisPassword, sealKey }, ...sources, sources: Object.values(sources).flat() };
}

async function story(world: SecretWorld, plan: Plan, few: boolean, tell: ProofOptions['tell']): Promise<ReadonlyMap<string, string>> {
  const shopOf = (name: string): Shop => {
    const repository = world.stage.others.find((other) => other.name === name);
    if (!repository) throw new Error(`there is no repository ${name}`);
    return shopSeen(world.stage, repository);
  };
  const [drifts, refused] = [shopOf('drifts'), shopOf('refused')];
  const words = (index: number): Words => {
    const text = (source: string): string => plan.words.filter((one) => one.source === source)[index]?.text ?? '';
    return { branch: text('branch name'), title: `Take ${text('title')}`, message: `Use ${text('commit message')}` };
  };
  const drift = async (): Promise<void> => {
    await drifts.deployed();
    await portalEdit(world, drifts, plan.portal);
    await driftProposed(drifts);
    tell('drift is answered by a pull request');
  };
  const refusals = async (): Promise<void> => {
    await refused.deployed();
    await refusedRelease(world, refused, plan.azure, words(1));
    tell('a release was refused');
    await refusedComment(world, refused, plan.github);
    tell('a comment was refused');
  };
  await Promise.all([drift(), refusals(), badManifests(refused, plan.manifests, words(0))]);
  tell('the commands are run');
  const printed = await commands(world, { drifted: drifts, bad: refused, branch: words(0).branch, few });
  return new Map([...printed, ['commits of drifts', await ownCommits(world, drifts)], ['commits of refused', await ownCommits(world, refused)], ...(await answers(world, plan))]);
}

/** What Trueup's own servers say, also to a webhook that is signed and cannot be read, and to one that shows the secret itself. */
async function answers(world: SecretWorld, { webhookSecret }: Plan): Promise<ReadonlyMap<string, string>> {
  const { web, worker, metrics } = world.ports;
  const ask = async (url: string, init: RequestInit = {}): Promise<readonly [string, string]> => {
    const answer = await fetch(url, init);
    return [`answer of ${url} to ${init.method ?? 'GET'} ${String(init.body ?? '').length}`, `${JSON.stringify([...answer.headers])}\n${await answer.text()}`];
  };
  const hook = `http://127.0.0.1:${web}/api/github/webhooks`;
  const headers = { 'content-type': 'application/json', 'x-github-event': 'push', 'x-github-delivery': webhookSecret.text.replaceAll(/\W/g, '-'), 'x-hub-signature-256': webhookSecret.text };
  return new Map(await Promise.all([
    ...[`:${web}/livez`, `:${web}/readyz`, `:${web}/metrics`, `:${web}/nowhere`, `:${worker}/livez`, `:${worker}/readyz`, `:${worker}/metrics`, `:${metrics}/metrics`].map((path) => ask(`http://127.0.0.1${path}`)),
    ask(hook, { method: 'POST', body: JSON.stringify({ secret: webhookSecret.text }), headers }),
    ask(hook, { method: 'POST', body: `not JSON ${webhookSecret.text}`, headers: {} }),
  ]));
}

/** What nobody made up: the App's key, and the tokens that the services gave Trueup. */
function ofTheRun({ heard, stage: { github } }: SecretWorld): readonly Canary[] {
  const azure = heard.azure.map(({ requestHeaders }) => requestHeaders.authorization?.split(' ')[1] ?? '');
  const installation = heard.github.flatMap(({ path, body }) => (path.endsWith('/access_tokens') && typeof body === 'object' && body !== null && 'token' in body ? [String(body.token)] : []));
  const key = github.app.privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  return [
    { source: 'private key', text: github.app.privateKey, cores: key },
    ...distinct(azure).map((text) => ({ source: 'token of Azure', text, cores: text.split('.').slice(1) })),
    ...distinct(installation).map((text) => ({ source: 'token of GitHub', text, cores: [text.slice(4)] })),
  ];
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => text !== '');
}

/** Those that Trueup had in hand, or would have had: in an answer, in the environment of a process of its own, in a vault that it read. */
function reached(world: SecretWorld, plan: Plan, all: readonly Canary[], hunt: CanaryHunt): ReadonlySet<Canary> {
  const { heard, stage, bot, env } = world;
  const answered = [...heard.azure.map(({ requestHeaders, responseHeaders, responseBody }) => [requestHeaders.authorization, responseHeaders, responseBody]), ...heard.github.map(({ body, headers }) => [body, headers]), ...heard.events];
  const started = Object.values(bot.pids()).map((pid) => JSON.stringify(Object.values(seenFromOutside(pid).environment)));
  const found = [...answered.map((one) => JSON.stringify(one)), ...started].flatMap((text) => hunt('', text)).map(({ canary }) => canary);
  const readVaults = ['drifts', 'refused'].map((name) => stage.azure.journal.entries().some(({ host, status, principalId }) => host.startsWith(`${vaultOf(name)}.`) && status === 200 && principalId === stage.azure.identity.principalId));
  const key = env['PRIVATE_KEY_FILE'] === undefined ? [] : [stage.github.app.privateKey];
  const texts = new Set([...found.map(({ text }) => text), ...key, ...plan.vaults.filter((_, at) => readVaults[at % 2]).map(({ text }) => text)]);
  return new Set(all.filter(({ text }) => texts.has(text)));
}

async function sinksOf(world: SecretWorld, printed: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Buffer>> {
  const sent = world.heard.github.map(({ method, path, query, requestBody }, index) => [`request ${index} to GitHub, ${method} ${path}`, Buffer.from(`${method === 'GET' ? '' : path}\n${JSON.stringify(requestBody)}\n${method === 'GET' ? '' : query.toString()}`)] as const);
  return new Map([...sent, ...(await world.stored()), ...(await logsOf(world)), ...[...printed].map(([name, text]) => [name, Buffer.from(text)] as const)]);
}

