import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { clientsOf, probotOf } from '../../src/adapters/github/client.ts';
import { githubAdapters } from '../../src/adapters/github/github-adapters.ts';
import type { Written } from '../../src/adapters/github/write-memo.ts';
import { driftDetection } from '../../src/contexts/drift-detection/context.ts';
import { gitops } from '../../src/gitops/context.ts';
import { desiredStateReader } from '../../src/gitops/desired/desired-state-reader.ts';
import { editFile } from '../../src/gitops/parser/edit-file.ts';
import type { PullRequest } from '../../src/gitops/ports.ts';
import { githubApp } from '../../src/handlers/github-app.ts';
import { appId, type AppId } from '../../src/kernel/container-app.ts';
import type { Origin } from '../../src/kernel/audit.ts';
import { reaction, type Context } from '../../src/kernel/context.ts';
import { emit, newOrigin, seal, type Envelope } from '../../src/kernel/envelope.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { done } from '../../src/kernel/outcome.ts';
import type { DesiredStateReader } from '../../src/kernel/ports.ts';
import { shapesOnly } from '../../src/kernel/scrubbing/scrubber.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { silent } from '../../src/kernel/telemetry.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { testClock, testIds, type TestClock } from './delivery.ts';
import { deploymentWorld } from './deployment-world.ts';
import { subscription } from './desired.ts';
import { liveView } from './live-views.ts';
import { githubBench, webhookSecret, type GitHubBench, type ReceivedEvent } from './local-github.ts';
import type { MemoryApps } from './memory-apps.ts';
import { memoryStore } from './memory-store.ts';
import { messagePump, type MessagePump } from './message-pump.ts';
import { realCommits } from './proposals-world.ts';

export const environment = 'dev';
export const services = ['web', 'api'] as const;

export const echoFiles: Readonly<Record<string, string>> = {
  'trueup/dev.yaml': `apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: dev, tenant: contoso }
spec:
  stage: dev
  region: westeurope
  azure: { subscription: ${subscription}, resourceGroup: rg-echo, managedEnvironment: cae-echo }
  drift: { mode: propose }
`,
  ...Object.fromEntries(services.map((service) => [`trueup/${service}.yaml`, serviceFile(service)])),
};

function serviceFile(service: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: ${service}, tenant: contoso }
spec:
  type: gateway
  image: contoso.azurecr.io/${service}:1.0.0
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.5, memory: 1Gi }
  env: { LOG_LEVEL: info }
  rollout: { strategy: all-at-once, watch: 1m }
  environments: { dev: {} }
`;
}

/** One repository that was deployed, all that Trueup is to it, and the webhooks that nobody has taken in. */
export interface EchoWorld {
  readonly repository: LocalRepository;
  readonly clock: TestClock;
  readonly apps: MemoryApps;
  app(service: string): AppId;
  readonly pump: MessagePump;
  /** The webhooks that came since, as GitHub sent them, after the real handlers have made messages of them. */
  takeIn(round: number): Promise<readonly ReceivedEvent[]>;
  /** Messages that the handlers made of what Trueup did itself, apart from the plans of its pull requests. */
  listened(): number;
  /** What the schedules of all contexts say. */
  byTheClock(): Promise<void>;
  /** Requests of Trueup that changed something since the last time it was asked: to GitHub `METHOD path`, to Azure the verb. */
  writes(): readonly string[];
}

/** The adapters and the handlers are the same for all repositories, as in a process. */
export interface EchoGitHub extends AsyncDisposable {
  readonly bench: GitHubBench;
  world(name: string): Promise<EchoWorld>;
}

/** `twice`: see messagePump. */
export async function echoGitHub({ twice }: { readonly twice: boolean }): Promise<EchoGitHub> {
  const bench = await githubBench();
  const { id, privateKey } = bench.github.app;
  const probot = probotOf({ appId: id, privateKey: new Secret(privateKey), secret: new Secret(webhookSecret), apiUrl: bench.github.api, throttle: false, scrubber: shapesOnly.to('github'), onToken: () => undefined, log: pino({ level: 'silent' }) });
  const memory = new Map<string, Written>();
  const memo = { get: async (owner: string, key: string) => memory.get(`${owner} ${key}`) ?? null, set: async (owner: string, key: string, written: Written) => void memory.set(`${owner} ${key}`, written) };
  const adapters = githubAdapters({ clients: clientsOf(probot), memo, appId: id, clock: { now: () => Date.now() } });
  let pump: MessagePump | null = null;
  let round = 1;
  let listened = 0;
  let clock = testClock(Date.now());
  const seen = new Set<string>();
  /** By number, of the world that runs: GitHub's own clock is the real one. */
  const opened = new Map<number, string>();
  const repositoryAtOurTime = { ...adapters.repository, pullRequest: async (...of: Parameters<typeof adapters.repository.pullRequest>) => openedAt(await adapters.repository.pullRequest(...of), opened) };
  const inbox = {
    async accept(delivery: string, envelopes: readonly Envelope[], origin: Origin) {
      if (seen.has(delivery)) return 'duplicate' as const;
      // A pull request of ours is planned like any other.
      if (origin.by === 'github' && origin.login === `${bench.github.app.slug}[bot]`) listened += envelopes.filter(({ eventType }) => eventType !== 'PlanPullRequest' || !origin.event.startsWith('pull_request')).length;
      seen.add(delivery);
      pump?.accept(envelopes, round);
      return 'stored' as const;
    },
  };
  await probot.load(githubApp({ inbox, ids: { uuid: randomUUID }, clock: { now: () => clock.now() }, appId: id, telemetry: silent, log: { info: () => undefined, warn: () => undefined } }));

  async function takeIn(of: number): Promise<readonly ReceivedEvent[]> {
    round = of;
    await bench.settled();
    const events = bench.events.splice(0);
    for (const { name, headers, payload } of events) {
      if (name === 'pull_request' && payload.action === 'opened') opened.set(payload.number, new Date(clock.now()).toISOString());
      // The types of Probot want a union of all events; what came is one of them.
      await probot.receive({ id: String(headers['x-github-delivery']), name, payload } as unknown as Parameters<typeof probot.receive>[0]);
    }
    return events;
  }

  return {
    bench,
    async world(name) {
      const repository = await bench.github.createRepository(name, echoFiles);
      clock = testClock(Date.now());
      opened.clear();
      const written = () => bench.github.journal.calls.filter(({ actor, method, path, status }) => actor === 'installation' && method !== 'GET' && !path.endsWith('/access_tokens') && status < 400);
      const world = worldOf({ adapters: { ...adapters, repository: repositoryAtOurTime }, repository, clock, twice, written: () => written().length });
      ({ pump } = world);
      const writes = (): readonly string[] => {
        const calls = written();
        bench.github.journal.clear();
        return [...calls.map(({ method, path }) => `${method} ${path.replace(/^.*\/repos\/[^/]+\/[^/]+/, '')}`), ...world.azureWrites()];
      };
      await takeIn(1);
      world.pump.accept([seal(emit('SyncRepository', world.tenant, { reason: 'repository added' }), newOrigin('test', testIds), testIds.uuid(), clock)], 1);
      const before = listened;
      return { repository, ...world, takeIn, writes, listened: () => listened - before };
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  };
}

function openedAt(pull: PullRequest | null, opened: ReadonlyMap<number, string>): PullRequest | null {
  return pull && { ...pull, openedAt: opened.get(pull.number) ?? pull.openedAt };
}

interface WorldOptions {
  readonly adapters: ReturnType<typeof githubAdapters>;
  readonly repository: LocalRepository;
  readonly clock: TestClock;
  /** Writes to GitHub so far. */
  readonly written: () => number;
  readonly twice: boolean;
}

function worldOf({ adapters, repository, clock, written, twice }: WorldOptions) {
  const store = memoryStore();
  const tenant = tenantId(repository.installationId, repository.id);
  const commits = realCommits(adapters.repository);
  const desired = desiredStateReader(commits, store);
  const { context: deployment, apps } = deploymentWorld(undefined, {}, { clock, store, reader: desired });
  const view = liveView(apps);
  const live = { ...view, apps: async (...at: Parameters<typeof view.apps>) => (await view.apps(...at)).map((app) => ({ ...app, raw: { ...app.raw, systemData: { lastModifiedBy: 'maria@contoso.example', lastModifiedAt: new Date(clock.now()).toISOString() } } })) };
  const drift = driftDetection({
    store, clock, desired, live,
    activity: { writes: async () => [], isOurs: async () => false },
    secrets: { vault: async () => null, versions: async () => [] },
    access: { principal: async () => null, mayRead: async () => true },
    budget: { waitMs: () => 0 },
    telemetry: silent,
  });
  const planners = [deployment, drift].flatMap(({ plan }) => plan ?? []);
  const standing = deployment.standing ?? (async () => null);
  const reader = drift.drift ?? (async () => null);
  const own = gitops({ store, clock, commits, planners, standing, drift: reader, live: { app: async (_tenant, _place, name) => apps.list().find(({ id }) => id.name === name) ?? null }, repository: adapters.repository, reports: adapters.reports, proposals: adapters.proposals, editor: { edit: async (...file) => editFile(...file) }, installations: adapters.installations });
  const contexts = [own, deployment, drift, provisioning(desired)];
  const pump = messagePump(contexts, { store, clock, twice, written: () => written() + apps.writes.length });
  let told = 0;
  return {
    tenant,
    clock,
    apps,
    pump,
    app: (service: string) => appId({ subscription, resourceGroup: 'rg-echo', managedEnvironment: 'cae-echo' }, service),
    azureWrites() {
      const since = apps.writes.slice(told).map(({ verb, app }) => `azure ${verb} ${app}`);
      told = apps.writes.length;
      return since;
    },
    async byTheClock() {
      for (const { forEach, message } of contexts.flatMap(({ schedules }) => schedules)) {
        for (const { tenantId: of, id } of await store.list(forEach)) pump.accept([seal(message(of, id), newOrigin('schedule', testIds), testIds.uuid(), clock)], 1);
      }
    },
  };
}

/** An environment that is there already: inventory answers at once. */
function provisioning(desired: DesiredStateReader): Context {
  return {
    name: 'environment-inventory',
    schedules: [],
    reactions: [
      reaction({
        on: 'ProvisionEnvironment',
        name: 'when-provision-environment',
        async handle({ tenantId: of, payload: { environment: name, commit, generation } }) {
          const declared = await desired.at(of, name, commit);
          return done([], declared === null ? [] : [emit('RuntimeEnvironmentProvisioned', of, { environment: name, commit, generation, digest: declared.digest, managedEnvironmentId: 'id', defaultDomain: 'd' })]);
        },
      }),
    ],
  };
}
