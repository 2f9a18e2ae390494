import { digestOf } from '../../src/kernel/digest.ts';
import type { DesiredEnvironment, DesiredGate, DesiredRollout, DesiredService, JsonObject } from '../../src/kernel/desired-state.ts';
import type { Envelope } from '../../src/kernel/envelope.ts';
import type { PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import type { GateAnswer } from '../../src/kernel/messages/deployment.ts';
import { revisionSuffixOf } from '../../src/kernel/revision-suffix.ts';
import type { ServiceStanding } from '../../src/kernel/standing.ts';
import { envelopeOf, testDelivery, type Faults } from './delivery.ts';
import { commitAt, deploymentWorld, tenant, type DeploymentWorld } from './deployment-world.ts';
import { desiredConfiguration, desiredRollout, desiredSecretBinding, desiredService } from './desired.ts';
import { handled } from './write-scope.ts';

const minute = 60_000;

const gate: Partial<DesiredGate> = {
  successRate: 99,
  logs: [{ name: 'error lines', workspace: '0a1b2c3d-0000-4000-8000-000000000001', query: 'errors of {revision}', passes: { comparison: '<=', value: 5 } }],
  http: [{ name: 'release desk', url: 'https://desk.contoso.example/verdict', timeoutMs: 5000 }],
  limits: { failures: 1, inconclusiveMs: 8 * minute, noDataMs: 9 * minute },
};

/** One rollout of each strategy with everything that it may declare, and the weights of its stages. */
export const strategies = {
  'all-at-once': { rollout: desiredRollout({ watchMs: 2 * minute, gate }), weights: [0, 100] },
  'blue-green': { rollout: desiredRollout({ strategy: 'blue-green', previewMs: minute, watchMs: 2 * minute, keepWarmMs: 5 * minute, gate }), weights: [0, 100] },
  canary: { rollout: desiredRollout({ strategy: 'canary', steps: [{ weight: 10, bakeMs: minute }, { weight: 50, bakeMs: minute }], watchMs: 2 * minute, gate }), weights: [0, 10, 50, 100] },
} as const;
export type StrategyName = keyof typeof strategies;
// The keys are those of the object above.
export const strategyNames = Object.keys(strategies) as StrategyName[];

interface Parts {
  readonly rollout?: DesiredRollout;
  readonly name?: string;
}

/** A release with a configuration and a secret of its own: everything of it has to come back. */
export function rolloutRelease(version: number, tag = `1.0.${version}`, { rollout = strategies.canary.rollout, name = 'checkout' }: Parts = {}): DesiredService {
  const { configuration, secret } = materialOf(version);
  const plain = desiredService({ name, image: `contoso.azurecr.io/${name}:${tag}` });
  const env = [...Object.entries(configuration.values).map(([key, value]) => ({ name: key, value })), { name: secret.env, secretRef: secret.appSecretName }];
  const template = { containers: [{ name, image: plain.image, env }], scale: { minReplicas: 1, maxReplicas: 4 } };
  const revisionSuffix = revisionSuffixOf(template);
  const { appSecretName, keyVaultUrl, identityId: identity } = secret;
  const properties = { ...plain.app.properties, configuration: { ...plain.app.properties.configuration, secrets: [{ name: appSecretName, keyVaultUrl, identity }] }, template: { ...template, revisionSuffix } };
  const app = { ...plain.app, properties };
  return desiredService({ ...plain, app, revisionSuffix, digest: digestOf(app), configuration: configuration.name, secrets: [secret.name], rollout });
}

function materialOf(version: number): { readonly configuration: ReturnType<typeof desiredConfiguration>; readonly secret: ReturnType<typeof desiredSecretBinding> } {
  return {
    configuration: desiredConfiguration({ values: { FEATURE_NEW_CART: `v${version}` } }),
    secret: desiredSecretBinding({ version: version.toString(16).padStart(32, '0') }),
  };
}

export interface RolloutWorld extends DeploymentWorld {
  /** What the user's own system says while the release has this weight; a pass where nothing is said. */
  readonly says: Map<number, GateAnswer>;
  /** Declares the services at a commit of this generation and asks for those named, or all; material is that of version `material`. */
  merge(generation: number, services: readonly DesiredService[], more?: Merge): Promise<void>;
  /** A person's command; what runs goes on while it waits. */
  say<Type extends Command>(type: Type, payload: PayloadOf<Type>): Promise<void>;
  /** Deliveries until the environment's deployment has ended, or `until` holds. Answers how many. */
  drive(driving?: Driving): Promise<number>;
  /** Until the named service is judged with this weight. */
  judged(weight: number, service?: string): Promise<void>;
  /** Name of the revision that has most of the traffic. */
  serving(service?: string): string;
  /** Weights that every write since the last merge gave to the release's revision. */
  sent(release: DesiredService): readonly number[];
  standing(service?: string): Promise<ServiceStanding>;
}

type Command = 'AbortDeployment' | 'RollbackDeployment' | 'PauseDeployments' | 'ResumeDeployments';

interface Merge {
  readonly asked?: readonly string[];
  readonly material?: number;
  readonly environment?: Partial<DesiredEnvironment>;
}

export interface Driving {
  /** Every delivery arrives twice. */
  readonly twice?: boolean;
  /** The outcome of the delivery with this number is lost: the worker died before it saved. */
  readonly lost?: number;
  readonly until?: (world: DeploymentWorld) => boolean;
  /** Stops when this time has passed. */
  readonly forMs?: number;
}

export const revisionOf = (service: DesiredService): string => `${service.name}--${service.revisionSuffix}`;

export function rolloutWorld(faults?: Faults): RolloutWorld {
  const base = deploymentWorld(faults);
  const says = new Map<number, GateAnswer>();
  let before = 0;
  base.gates.perMinute = 600;
  base.gates.verdict = ({ weight }) => ({ verdict: says.get(weight) ?? 'pass', detail: null });

  /** Milliseconds until it is delivered again; null when it has ended. What throws, and what is lost, comes again after a second. */
  async function deliver(envelope: Envelope, isLost = false): Promise<number | null> {
    const reaction = base.context.reactions.find(({ on }) => on === envelope.eventType);
    if (reaction === undefined) throw new Error(`no reaction to ${envelope.eventType}`);
    const outcome = await handled(reaction, envelope, testDelivery(base.clock.now())).catch(() => null);
    if (outcome === null || isLost) return 1000;
    base.store.apply(outcome);
    return outcome.end === 'wait' ? outcome.forMs : null;
  }
  const advance = (isLost = false): Promise<number | null> => deliver(envelopeOf('AdvanceDeployment', tenant, { environment: 'staging' }, base.clock), isLost);
  const world: RolloutWorld = {
    ...base,
    says,
    async merge(generation, services, { asked = services.map(({ name }) => name), material = generation, environment = {} } = {}) {
      const { configuration, secret } = materialOf(material);
      before = base.apps.writes.length;
      const { digest } = world.declare(generation, services, { configurations: [configuration], secrets: [secret], ...environment });
      const about = { environment: 'staging', commit: commitAt(generation), generation };
      await world.send('RuntimeEnvironmentProvisioned', { ...about, digest, managedEnvironmentId: 'id', defaultDomain: 'd' });
      await world.send('ConfigurationSynced', { ...about, configuration: configuration.name, tenant: 'contoso', version: configuration.version });
      await world.send('SecretBound', { ...about, binding: secret.name, tenant: 'contoso', digest: secret.digest });
      await world.send('Deploy', { ...about, services: [...asked] });
    },
    async say(type, payload) {
      const envelope = envelopeOf(type, tenant, payload, base.clock);
      for (let waitMs = await deliver(envelope); waitMs !== null; waitMs = await deliver(envelope)) {
        await advance();
        base.clock.advance(waitMs);
      }
    },
    async drive({ twice = false, lost, until = () => false, forMs = Number.POSITIVE_INFINITY } = {}) {
      const endsAt = base.clock.now() + forMs;
      for (let count = 1; count <= 1500; count += 1) {
        const first = await advance(count === lost);
        const waitMs = twice ? await advance() : first;
        if (waitMs === null || until(base) || base.clock.now() >= endsAt) return count;
        base.clock.advance(Math.min(waitMs, endsAt - base.clock.now()));
      }
      throw new Error(`it does not end: ${JSON.stringify(base.progress())}`);
    },
    async judged(weight, service = 'checkout') {
      const isJudged = (): boolean =>
        base.progress().services.some((one) => one.service === service && one.weight === weight && one.stages.some((stage) => stage.weight === weight && stage.standing === 'judging'));
      await world.drive({ until: isJudged });
      if (!isJudged()) throw new Error(`${service} was never judged with ${weight} %: ${JSON.stringify(base.progress())}`);
    },
    serving(service = 'checkout') {
      const traffic = trafficOf(base, service);
      return traffic.toSorted((a, b) => b.weight - a.weight)[0]?.name ?? '';
    },
    sent: (release) => base.apps.writes.slice(before).flatMap(({ app, verb, traffic }) => (app === release.name && verb !== 'deactivate' ? [traffic.find(({ revision }) => revision === revisionOf(release))?.weight ?? 0] : [])),
    async standing(service = 'checkout') {
      const all = await base.context.standing?.(tenant, 'staging');
      const found = all?.services.find((one) => one.service === service);
      if (found === undefined) throw new Error(`nothing stands of ${service}`);
      return found;
    },
  };
  return world;
}

interface Shown {
  readonly name: string;
  readonly body: JsonObject;
  readonly revisions: readonly { readonly name: string; readonly active: boolean; readonly weight: number }[];
}

/** The app as it is: `weights` of those that have any, active revisions, and the body without its traffic and the tags of one application. */
export function appIn(world: DeploymentWorld, service = 'checkout'): { readonly weights: Readonly<Record<string, number>>; readonly active: readonly string[]; readonly body: unknown } {
  const app = shownIn(world, service);
  const own: ReadonlySet<string> = new Set(['traffic', 'trueup-trace', 'trueup-generation', 'trueup-previous', 'trueup-rolled-back']);
  return {
    weights: Object.fromEntries(trafficOf(world, service).filter(({ weight }) => weight > 0).map(({ name, weight }) => [name, weight])),
    active: app.revisions.filter(({ active }) => active).map(({ name }) => name).toSorted(),
    body: JSON.parse(JSON.stringify(app.body, (key, value: unknown) => (own.has(key) ? undefined : value))),
  };
}

export function tagsIn(world: DeploymentWorld, service = 'checkout'): Readonly<Record<string, string>> {
  // ARM's wire shape.
  return (shownIn(world, service).body as { tags?: Record<string, string> }).tags ?? {};
}

function shownIn(world: DeploymentWorld, service: string): Shown {
  // What `snapshot` gives is made of this shape.
  const found = (world.apps.snapshot() as readonly Shown[]).find(({ name }) => name === service);
  if (found === undefined) throw new Error(`there is no app ${service}`);
  return found;
}

function trafficOf(world: DeploymentWorld, service: string): Shown['revisions'] {
  return shownIn(world, service).revisions;
}
