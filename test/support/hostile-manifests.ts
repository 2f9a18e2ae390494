import { sharedSubscription, sharedVault, type Customer } from './two-tenants.ts';

/** What a set of manifests says, before it is text. A value is YAML of one line. */
interface Draft {
  environmentTenant: string;
  subscription: string;
  resourceGroup: string;
  managedEnvironment: string;
  isolation: string;
  serviceTenant: string;
  image: string;
  raw: string;
  gate: string;
  secretTenant: string;
  vault: string;
  secret: string;
  identity: string;
  /** Whole documents beside the others. */
  more: string[];
}

export interface Hostile {
  readonly text: string;
  /** Names of what it tries against the other; empty for a manifest of good faith. */
  readonly tries: readonly string[];
}

type Chance = () => number;

function pick<T>(chance: Chance, from: readonly [T, ...T[]]): T {
  return from[Math.floor(chance() * from.length)] ?? from[0];
}

function goodFaith(chance: Chance, { slug, subscription, workspace }: Customer): Draft {
  const shared = chance() < 0.3;
  return {
    environmentTenant: slug,
    subscription: pick(chance, [subscription, sharedSubscription, subscription.toUpperCase()]),
    resourceGroup: pick(chance, [`rg-${slug}`, `rg-${slug}-eu`, `RG-${slug.toUpperCase()}-EU`]),
    managedEnvironment: 'cae-shop',
    isolation: 'pool',
    serviceTenant: slug,
    image: `${slug}.azurecr.io/web:1.4.2`,
    raw: pick(chance, ['{}', '{ configuration: { maxInactiveRevisions: 5 } }']),
    gate: chance() < 0.5 ? '{}' : `{ logs: [{ name: errors, workspace: ${workspace}, query: "Errors | summarize n=count()", passes: "<= 5" }], http: [{ name: tests, url: "https://gates.${slug}.io/ask" }] }`,
    secretTenant: slug,
    vault: shared ? sharedVault : `kv-${slug}`,
    secret: shared ? `${slug}-key` : 'api-key',
    identity: `id-${slug}`,
    more: [],
  };
}

/** Letters that look like those of a name, and blanks that do not show. */
function lookalike(chance: Chance, name: string): string {
  const twins: Readonly<Record<string, string>> = { a: 'а', o: 'о', c: 'с', i: 'і', k: 'к', s: 'ѕ', e: 'е' };
  const at = [...name].flatMap((letter, index) => (letter in twins ? [index] : []));
  const index = at[Math.floor(chance() * at.length)] ?? 0;
  return chance() < 0.5 ? `${name.slice(0, index)}${twins[name[index] ?? ''] ?? '\u200b'}${name.slice(index + 1)}` : `${name.slice(0, index)}\u200b${name.slice(index)}`;
}

function anyCase(chance: Chance, text: string): string {
  return pick(chance, [text, text.toUpperCase(), [...text].map((letter) => (chance() < 0.5 ? letter.toUpperCase() : letter)).join('')]);
}

const blank = (chance: Chance): string => pick(chance, ['""', '" "', '"\\t"', '"\\u00a0"', 'null', '~', '"\\u200b"', '"*"', '"%2e%2e"', '".."']);
const quoted = (text: string): string => JSON.stringify(text);

function armId({ subscription, slug }: Customer, rest: string): string {
  return `/subscriptions/${subscription}/resourceGroups/rg-${slug}/providers/${rest}`;
}

function documentOf(kind: string, name: string, tenant: string, spec: string): string {
  return `apiVersion: trueup.dev/v1\nkind: ${kind}\nmetadata: { name: ${name}, tenant: ${tenant} }\nspec: ${spec}\n`;
}

interface Against {
  readonly draft: Draft;
  readonly self: Customer;
  readonly other: Customer;
  readonly chance: Chance;
}

const identityOf = (other: Customer): string => armId(other, `Microsoft.ManagedIdentity/userAssignedIdentities/id-${other.slug}`);

/** Each makes the draft reach for something of the other's. All of them have to be refused in words. */
const attacks: Readonly<Record<string, (against: Against) => void>> = {
  'subscription': ({ draft, other, chance }) => void (draft.subscription = quoted(anyCase(chance, other.subscription))),
  'resource group': ({ draft, other, chance }) => void (draft.resourceGroup = anyCase(chance, `rg-${other.slug}`)),
  'resource group below the other\'s prefix': ({ draft, other, chance }) => Object.assign(draft, { subscription: sharedSubscription, resourceGroup: anyCase(chance, `rg-${other.slug}-eu`) }),
  'resource group by a path': ({ draft, self, other }) => void (draft.resourceGroup = quoted(`rg-${self.slug}/../rg-${other.slug}`)),
  'managed environment by its id': ({ draft, other }) => void (draft.managedEnvironment = quoted(armId(other, 'Microsoft.App/managedEnvironments/cae-shop'))),
  'vault': ({ draft, other, chance }) => void (draft.vault = anyCase(chance, `kv-${other.slug}`)),
  'vault by its id': ({ draft, other }) => void (draft.vault = quoted(armId(other, `Microsoft.KeyVault/vaults/kv-${other.slug}`))),
  'vault by its host': ({ draft, other }) => void (draft.vault = quoted(`kv-${other.slug}.vault.azure.net/secrets/x?`)),
  'secret of a shared vault': ({ draft, other, chance }) => Object.assign(draft, { vault: anyCase(chance, sharedVault), secret: anyCase(chance, `${other.slug}-key`) }),
  'secret without a name of one\'s own': ({ draft }) => Object.assign(draft, { vault: sharedVault, secret: 'api-key' }),
  'identity by its id': ({ draft, other }) => void (draft.identity = quoted(identityOf(other))),
  'workspace': ({ draft, other, chance }) => void (draft.gate = `{ logs: [{ name: errors, workspace: ${quoted(anyCase(chance, other.workspace))}, query: "Errors | summarize n=count()", passes: "<= 5" }] }`),
  'gate host': ({ draft, other, chance }) => void (draft.gate = `{ http: [{ name: tests, url: "https://${anyCase(chance, `gates.${other.slug}.io`)}/ask" }] }`),
  'gate host behind a user': ({ draft, self, other }) => void (draft.gate = `{ http: [{ name: tests, url: "https://gates.${self.slug}.io@gates.${other.slug}.io/ask" }] }`),
  'gate host below one\'s own': ({ draft, self, other }) => void (draft.gate = `{ http: [{ name: tests, url: "https://gates.${self.slug}.io.${other.slug}.io/ask" }] }`),
  'registry with the other\'s identity': ({ draft, other, chance }) => void (draft.raw = `{ configuration: { registries: [{ server: ${other.slug}.azurecr.io, identity: ${quoted(anyCase(chance, identityOf(other)))} }] } }`),
  'identity settings': ({ draft, other }) => void (draft.raw = `{ configuration: { identitySettings: [{ identity: ${quoted(identityOf(other))}, lifecycle: All }] } }`),
  'managed environment below azure': ({ draft, other, chance }) => void (draft.raw = `{ ${pick(chance, ['environmentId', 'managedEnvironmentId'])}: ${quoted(armId(other, 'Microsoft.App/managedEnvironments/cae-shop'))} }`),
  'secrets below azure': ({ draft, other }) => void (draft.raw = `{ configuration: { secrets: [{ name: x, keyVaultUrl: "https://kv-${other.slug}.vault.azure.net/secrets/api-key", identity: ${quoted(identityOf(other))} }] } }`),
  'scale rule with the other\'s identity': ({ draft, other }) => void (draft.raw = `{ template: { scale: { rules: [{ name: q, azureQueue: { accountName: x, queueName: y, queueLength: 1, identity: ${quoted(identityOf(other))} } }] } } }`),
  'service bind': ({ draft, other }) => void (draft.raw = `{ template: { serviceBinds: [{ serviceId: ${quoted(armId(other, 'Microsoft.App/containerApps/redis'))}, name: redis }] } }`),
  'path out of one\'s own group': ({ draft, self, other }) => void (draft.raw = `{ template: { serviceBinds: [{ serviceId: ${quoted(`/subscriptions/${self.subscription}/resourceGroups/rg-${self.slug}/../rg-${other.slug}/providers/Microsoft.App/containerApps/redis`)}, name: redis }] } }`),
  'environment in the other\'s name': ({ draft, other }) => void (draft.environmentTenant = other.slug),
  'everything in the other\'s name': ({ draft, other }) => Object.assign(draft, { environmentTenant: other.slug, serviceTenant: other.slug, secretTenant: other.slug, subscription: other.subscription, resourceGroup: `rg-${other.slug}`, vault: `kv-${other.slug}`, identity: `id-${other.slug}` }),
  'service in the other\'s name': ({ draft, other }) => void (draft.serviceTenant = other.slug),
  'secret in the other\'s name': ({ draft, other }) => Object.assign(draft, { secretTenant: other.slug, vault: `kv-${other.slug}` }),
  'binding of the other as a guest': ({ draft, other, chance }) => {
    draft.more.push(documentOf('RuntimeTenantBinding', other.slug, other.slug, `{ isolation: ${pick(chance, ['pool', 'silo', 'shared'])}, environments: [staging] }`));
    draft.serviceTenant = other.slug;
    draft.secretTenant = other.slug;
  },
  'lookalike of a vault': ({ draft, other, chance }) => void (draft.vault = quoted(lookalike(chance, `kv-${other.slug}`))),
  'lookalike of a resource group': ({ draft, other, chance }) => void (draft.resourceGroup = quoted(lookalike(chance, `rg-${other.slug}`))),
  'lookalike of a tenant': ({ draft, other, chance }) => void (draft.environmentTenant = quoted(lookalike(chance, other.slug))),
  'blank subscription': ({ draft, chance }) => void (draft.subscription = blank(chance)),
  'blank resource group': ({ draft, chance }) => void (draft.resourceGroup = blank(chance)),
  'blank tenant': ({ draft, chance }) => void (draft.environmentTenant = blank(chance)),
  'blank vault': ({ draft, chance }) => void (draft.vault = blank(chance)),
  'blank secret': ({ draft, chance }) => void (draft.secret = blank(chance)),
  'blank identity': ({ draft, chance }) => void (draft.identity = blank(chance)),
  'blank workspace': ({ draft, chance }) => void (draft.gate = `{ logs: [{ name: errors, workspace: ${blank(chance)}, query: "Errors | summarize n=count()", passes: "<= 5" }] }`),
};

const names = Object.keys(attacks);

/** Most reach for the other, with up to three attempts at once. */
export function hostileManifests(chance: Chance, self: Customer, other: Customer): Hostile {
  const draft = goodFaith(chance, self);
  const count = chance() < 0.15 ? 0 : 1 + Math.floor(chance() * 3);
  const tries = Array.from({ length: count }, () => names[Math.floor(chance() * names.length)] ?? '');
  for (const name of tries) attacks[name]?.({ draft, self, other, chance });
  return { text: textOf(draft, self), tries: [...new Set(tries)] };
}

/** Both call their environment `staging`. */
function textOf(draft: Draft, { slug }: Customer): string {
  const { subscription, resourceGroup, managedEnvironment } = draft;
  return [
    documentOf('RuntimeEnvironment', 'staging', draft.environmentTenant, `{ stage: staging, region: westeurope, azure: { subscription: ${subscription}, resourceGroup: ${resourceGroup}, managedEnvironment: ${managedEnvironment} }, drift: { mode: report } }`),
    documentOf('RuntimeTenantBinding', slug, slug, `{ isolation: ${draft.isolation}, environments: [staging] }`),
    documentOf('RuntimeService', 'web', draft.serviceTenant, `{ type: gateway, image: ${quoted(draft.image)}, ingress: { port: 8080, external: true }, resources: { cpu: 0.5, memory: 1Gi }, configuration: shop, secrets: [api-key], health: { readiness: { path: /health, timeout: 2s } }, rollout: { strategy: all-at-once, watch: 5s, gate: ${draft.gate} }, azure: ${draft.raw}, environments: { staging: {} } }`),
    documentOf('RuntimeConfiguration', 'shop', draft.serviceTenant, '{ values: { FEATURE: "off" } }'),
    documentOf('ScalingPolicy', 'web', draft.serviceTenant, '{ service: web, replicas: { min: 1, max: 2 }, rules: [{ name: http, http: { concurrentRequests: 50 } }] }'),
    documentOf('SecretBinding', 'api-key', draft.secretTenant, `{ env: API_KEY, vault: ${draft.vault}, secret: ${draft.secret}, version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081, identity: ${draft.identity} }`),
    ...draft.more,
  ].join('---\n');
}
