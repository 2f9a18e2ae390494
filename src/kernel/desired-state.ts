import type { DocumentRef, SourceLocation } from './problem.ts';

/** Desired state, compiled from manifests at one commit: what every context acts on and none of them invents. All values are plain JSON. */
export interface DesiredEnvironment {
  /** Unique in the repository. */
  readonly name: string;
  /** Slug of the tenant that owns it; other tenants come in through bindings. */
  readonly tenant: string;
  readonly project: string | null;
  readonly stage: Stage;
  /** Azure's short form: `westeurope`. */
  readonly region: string;
  readonly azure: AzurePlace;
  /** Names of the user-assigned identities that its secret bindings use, sorted; they live in the environment's resource group. */
  readonly identities: readonly string[];
  readonly drift: DesiredDrift;
  readonly freezes: readonly DesiredFreeze[];
  readonly bindings: readonly DesiredTenantBinding[];
  readonly services: readonly DesiredService[];
  readonly configurations: readonly DesiredConfiguration[];
  readonly secrets: readonly DesiredSecretBinding[];
  readonly scaling: readonly DesiredScalingPolicy[];
  /** Declared but wrong: neither applied nor taken as removed. */
  readonly invalid: readonly DocumentRef[];
  readonly source: SourceLocation;
  /** Hash of what provisioning depends on: stage, region, azure, identities. */
  readonly digest: string;
}

export const stages = ['dev', 'test', 'staging', 'prod'] as const;
type Stage = (typeof stages)[number];

export const isolations = ['silo', 'pool', 'shared'] as const;
export type Isolation = (typeof isolations)[number];

export interface AzurePlace {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly managedEnvironment: string;
}

export interface DesiredTenantBinding {
  readonly name: string;
  readonly tenant: string;
  readonly isolation: Isolation;
  readonly environments: readonly string[];
  readonly quota: Quota;
  readonly source: SourceLocation;
  readonly digest: string;
}

/** Per environment. Null means unlimited. */
export interface Quota {
  readonly services: number | null;
  readonly replicas: number | null;
  /** Cores: sum over services of cpu x maximum replicas. */
  readonly cpu: number | null;
  /** Bytes: sum over services of memory x maximum replicas. */
  readonly memory: number | null;
}

export const componentTypes = ['gateway', 'microservice', 'worker', 'admin-portal', 'customer-portal', 'mobile-backend'] as const;
export type ComponentType = (typeof componentTypes)[number];

export interface DesiredService {
  /** Also the container app's name. */
  readonly name: string;
  readonly tenant: string;
  readonly project: string | null;
  readonly module: string | null;
  readonly type: ComponentType;
  readonly image: string;
  /** Cores and bytes of one replica. */
  readonly resources: { readonly cpu: number; readonly memory: number };
  readonly ingress: { readonly port: number; readonly external: boolean } | null;
  /** Names of the documents that it is made of. */
  readonly configuration: string | null;
  readonly secrets: readonly string[];
  readonly scalingPolicy: string | null;
  readonly replicas: { readonly min: number; readonly max: number };
  readonly health: { readonly readiness: Probe | null; readonly liveness: Probe | null };
  readonly rollout: DesiredRollout;
  /** Null: its releases come by merges alone. */
  readonly promotion: DesiredPromotion | null;
  /**
   * The whole container app in ARM's wire shape (`{location, tags, identity, properties}`), without `configuration.ingress.traffic`,
   * which belongs to the rollout, and with `template.revisionSuffix` set.
   */
  readonly app: ContainerAppBody;
  /** Places that a comparison does not see and that no deployment changes. Not part of `app`, nor of its digest. */
  readonly ignores: readonly IgnoredPath[];
  /** Value of the annotation that has it applied again in this environment although nothing else changed; it is a tag of `app`, too. */
  readonly reapply: string | null;
  /** Paths under `properties` that came from the escape hatch `spec.azure`. */
  readonly rawPaths: readonly string[];
  /** `t` and ten hex digits of the template's hash: the same template always gets the same revision name. */
  readonly revisionSuffix: string;
  /** Hash of `app`: what the tag `trueup-digest` holds once it is applied. */
  readonly digest: string;
  readonly source: SourceLocation;
}

export interface Probe {
  readonly path: string;
  readonly timeoutMs: number;
}

/** How a release of a service comes to its users. */
export interface DesiredRollout {
  readonly strategy: 'all-at-once' | 'blue-green' | 'canary';
  /** Of a canary: rising weights below 100, each with the time for which it is judged. */
  readonly steps: readonly { readonly weight: number; readonly bakeMs: number }[];
  /** Of blue-green: how long the new revision is judged at its label's address before the switch. */
  readonly previewMs: number;
  /** How long it is judged with all of the traffic before it counts as good. */
  readonly watchMs: number;
  /** Of blue-green: how long what served before stays active, without traffic, after the release counts as good. */
  readonly keepWarmMs: number;
  readonly gate: DesiredGate;
  readonly onFailure: 'rollback' | 'hold';
  /** It succeeds or goes back by itself: the other services of the commit do not go back with it. */
  readonly independent: boolean;
}

/** What the new revision is judged by, besides its own state, its replicas and its readiness path, which always count. */
export interface DesiredGate {
  /** Least percent of its requests without a server error; null: its requests are not judged. */
  readonly successRate: number | null;
  /** Requests of users, without the gate's own probes, before its requests are judged. */
  readonly minSamples: number;
  /** Most restarts of its containers within one stage. */
  readonly restarts: number;
  /** Most milliseconds that 95 of 100 of the gate's own requests may take; null: not judged. */
  readonly latencyP95Ms: number | null;
  readonly logs: readonly DesiredLogGate[];
  readonly http: readonly DesiredHttpGate[];
  readonly limits: GateLimits;
}

/** A query of a Log Analytics workspace that answers one number. */
export interface DesiredLogGate {
  readonly name: string;
  /** The workspace's id, a GUID. */
  readonly workspace: string;
  /** KQL. `{app}`, `{revision}` and `{minutes}` (of the stage) stand for their values. */
  readonly query: string;
  readonly passes: { readonly comparison: '<=' | '>='; readonly value: number };
}

/** A system of the user's own that is asked for its verdict. */
export interface DesiredHttpGate {
  readonly name: string;
  /** https. */
  readonly url: string;
  readonly timeoutMs: number;
}

/** How much of each answer that is not a pass a stage bears. */
export interface GateLimits {
  /** Failing looks in a row of one gate that fail the release: 1 fails it at once. */
  readonly failures: number;
  /** How long a gate may stay inconclusive, beyond the bake, and how long without data. */
  readonly inconclusiveMs: number;
  readonly noDataMs: number;
}

/** What happens where Azure is not as declared. */
export interface DesiredDrift {
  /** Of everything that no row of `paths` names. */
  readonly mode: DriftMode;
  /** The first row that fits counts. */
  readonly paths: readonly DesiredDriftPath[];
}

export const driftModes = ['report', 'propose', 'heal'] as const;
/** `report` shows it, `propose` opens a pull request, `heal` puts it back at once. */
export type DriftMode = (typeof driftModes)[number];

/** `ignore` is of the comparison itself (`DesiredService.ignores`): neither told nor put back by any deployment. */
export interface DesiredDriftPath {
  /** Null: every service of the environment. */
  readonly services: readonly string[] | null;
  /** A pattern of `kernel/comparison/path-pattern.ts`. */
  readonly path: string;
  readonly mode: DriftMode;
  readonly reason: string | null;
}

/** A place of the container app that Git leaves to somebody else. */
export interface IgnoredPath {
  /** A pattern of `kernel/comparison/path-pattern.ts`. */
  readonly path: string;
  readonly reason: string;
}

/** A time in which nothing moves forward. */
export interface DesiredFreeze {
  /** Five fields: when it begins. */
  readonly cron: string;
  /** IANA name of the zone in which `cron` is read. */
  readonly timezone: string;
  readonly durationMs: number;
  readonly reason: string | null;
}

/** Where a service takes its releases from. */
export interface DesiredPromotion {
  /** Name of the environment. */
  readonly from: string;
  /** Keys of its RuntimeConfiguration whose values move along with the image. */
  readonly values: readonly string[];
}

/** ARM's wire shape of Microsoft.App/containerApps. Loose, because the escape hatch may add what no model knows. */
export interface ContainerAppBody {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly identity: JsonObject;
  readonly properties: ContainerAppProperties;
}

interface ContainerAppProperties extends JsonObject {
  readonly environmentId: string;
  readonly configuration: JsonObject;
  readonly template: JsonObject;
}

export interface JsonObject {
  readonly [key: string]: unknown;
}

export interface DesiredConfiguration {
  readonly name: string;
  readonly tenant: string;
  readonly values: Readonly<Record<string, string>>;
  /** Content-addressed: `cfg-` and twelve hex digits of the hash of the values. */
  readonly version: string;
  readonly source: SourceLocation;
}

export interface DesiredSecretBinding {
  readonly name: string;
  readonly tenant: string;
  /** Name of the environment variable. */
  readonly env: string;
  readonly vault: string;
  readonly secret: string;
  /** Null: unpinned, follows the latest version; allowed and warned about. */
  readonly version: string | null;
  /** Name of the user-assigned identity, in the environment's resource group. */
  readonly identity: string;
  /** Resource id of that identity. */
  readonly identityId: string;
  /** Name of the container app's secret; content-addressed, so that two revisions can hold two versions. */
  readonly appSecretName: string;
  readonly keyVaultUrl: string;
  readonly maxAgeMs: number | null;
  readonly source: SourceLocation;
  readonly digest: string;
}

export interface DesiredScalingPolicy {
  readonly name: string;
  readonly tenant: string;
  readonly service: string;
  readonly replicas: { readonly min: number; readonly max: number };
  /** `template.scale` in ARM's wire shape. */
  readonly scale: JsonObject;
  readonly slo: { readonly availability: number | null; readonly latencyP95Ms: number | null; readonly windowMs: number | null } | null;
  readonly source: SourceLocation;
  readonly digest: string;
}

/** Tags that Trueup writes on everything it manages in Azure; what is lost from the store is read back from them. */
export const tagNames = {
  tenant: 'trueup-tenant',
  environment: 'trueup-environment',
  /** Of an environment's place: what it was provisioned as, which nothing may change. */
  stage: 'trueup-stage',
  service: 'trueup-service',
  project: 'trueup-project',
  module: 'trueup-module',
  repository: 'trueup-repository',
  commit: 'trueup-commit',
  generation: 'trueup-generation',
  digest: 'trueup-digest',
  trace: 'trueup-trace',
  /** Digest of the release that was taken back; present only after a rollback. */
  rolledBack: 'trueup-rolled-back',
  /** Commit of the release that served when this one was applied: what a rollback goes back to when the store forgot it. */
  previous: 'trueup-previous',
  /** Value of the annotation that had it applied again. */
  reapply: 'trueup-reapply',
  /** Of an app that was taken over as it ran: the name of the revision that served, which does not follow from its template. It stays with every later release. */
  revision: 'trueup-revision',
  /** The suffix that the template of that revision gives: where Git declares this template, that revision runs it. */
  template: 'trueup-template',
} as const;
