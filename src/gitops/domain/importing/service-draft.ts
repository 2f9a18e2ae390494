import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { secretContent } from '../compile/documents.ts';
import { appSecretAnnotation } from '../kinds/metadata.ts';
import { apiVersion } from '../kinds/kinds.ts';
import { mayBeSecretVariable, secretIn } from '../reading/inline-secret.ts';
import { documentName } from '../values/names.ts';
import { variableName } from '../values/variables.ts';
import { identitiesOf, liveFields, mainContainer } from './live-fields.ts';
import { liveScale } from './live-scale.ts';
import { liveSecrets, type LiveBinding } from './live-secrets.ts';
import type { NewManifest } from './manifest-text.ts';
import { metadataOf, type ImportWork } from './surroundings.ts';

/** A RuntimeService first, then what it names. */
export interface Draft {
  readonly manifests: readonly NewManifest[];
  readonly notes: readonly string[];
  /** Variables that are not written: Git knows nothing of them. */
  readonly withheld: readonly string[];
}

type Mode = 'in-words' | 'container-in-azure';

/** `container-in-azure`: the container has something that v1 has no words for, so that all of it is to stand in `spec.azure`. */
export function draftOf(body: JsonObject, name: string, work: ImportWork, mode: Mode): Draft {
  const secrets = liveSecrets(body, mainContainer(name, body), work.home);
  const named = (mode === 'in-words' ? secrets.bindings : []).map((binding) => ({ binding, document: documentOf(name, binding) }));
  const identities = identitiesOf(body, work.home);
  const identity = identities.names.find((one) => !named.some(({ binding }) => binding.identity === one)) ?? null;
  const withheld = Object.entries(liveFields(name, body).env).filter(([key, value]) => mayBeSecretVariable(key, value)).map(([key]) => key);
  const spec = { ...specOf(body, name, mode, { withheld, identity, secrets: named.map(({ document }) => document) }), environments: { [work.options.environment]: {} } };
  const scaling = scalingOf(name, body, work);
  return {
    manifests: [serviceManifest(name, spec, work), ...scaling.manifests, ...named.map(({ binding, document }) => bindingManifest(document, binding, work))],
    notes: [
      ...withheld.map((key) => `the variable ${secretIn(key, '') === null ? key : '(not shown)'} may be a secret and is not written: put it into a Key Vault and declare a SecretBinding for it, or write it into \`env\` if it is none; the first deployment takes it away otherwise`),
      ...secrets.unbound.map((secret) => `the secret ${secret.name}: ${secret.why}`),
      ...(identities.others > 0 ? ["it has an identity that is not a user-assigned one in the environment's resource group: Git cannot name it"] : []),
      ...(mode === 'container-in-azure' ? [whole] : []),
      ...scaling.notes,
    ],
    withheld,
  };
}

const whole = 'its container has something that only `spec.azure` can say, so all of it stands there: what counts is `spec.azure.template.containers`, not `spec.image`';

interface Besides {
  readonly withheld: readonly string[];
  readonly identity: string | null;
  /** Names of SecretBindings. */
  readonly secrets: readonly string[];
}

function specOf(body: JsonObject, name: string, mode: Mode, { withheld, identity, secrets }: Besides): JsonObject {
  const { image = '', ingress, resources, env, health } = liveFields(name, body);
  const said = Object.entries(env).filter(([key]) => !withheld.includes(key) && variableName.safeParse(key).success);
  return {
    type: ingress === undefined ? 'worker' : 'microservice',
    image,
    ...(ingress !== undefined && { ingress: ingress.external ? ingress : { port: ingress.port } }),
    resources,
    ...(mode === 'in-words' && said.length > 0 && { env: Object.fromEntries(said.toSorted(([a], [b]) => (a < b ? -1 : 1))) }),
    ...(secrets.length > 0 && { secrets }),
    ...(identity !== null && { identity }),
    ...(mode === 'in-words' && Object.keys(health).length > 0 && { health }),
    ...profileOf(body),
  };
}

/** Said at once: the sizes of a replica depend on it. */
function profileOf(body: JsonObject): JsonObject {
  const profile = fieldsOf(body['properties'])['workloadProfileName'];
  return typeof profile === 'string' && profile !== '' && profile.toLowerCase() !== 'consumption' ? { azure: { workloadProfileName: profile } } : {};
}

function serviceManifest(name: string, spec: JsonObject, { options }: ImportWork): NewManifest {
  const behind = [{ path: ['spec', 'type'], words: 'gateway, microservice, worker, admin-portal, customer-portal or mobile-backend' }];
  return { value: { apiVersion, kind: 'RuntimeService', metadata: metadataOf(name, options), spec }, above: [], behind };
}

function scalingOf(name: string, body: JsonObject, { options }: ImportWork): Pick<Draft, 'manifests' | 'notes'> {
  const { replicas, rules, cooldown, leftOut } = liveScale(body);
  const notes = leftOut.map((rule) => `the scale rule ${rule} cannot be said in a ScalingPolicy, which knows no secrets and no identities`);
  if (replicas.min === 1 && replicas.max === 1 && rules.length === 0 && cooldown === undefined) return { manifests: [], notes };
  const spec = { service: name, replicas, ...(rules.length > 0 && { rules }), ...(cooldown !== undefined && { cooldown }) };
  return { manifests: [{ value: { apiVersion, kind: 'ScalingPolicy', metadata: metadataOf(name, options), spec }, above: [], behind: [] }], notes };
}

/** Unique in the repository, as each name of a document is. */
function documentOf(service: string, { appSecret, env }: LiveBinding): string {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  const wished = `${service}-${plain(appSecret)}`;
  return documentName.safeParse(wished).success ? wished : `${service}-${plain(env)}`.slice(0, 63).replace(/-$/, '');
}

/** Under the name that the secret has, so that nothing has to start anew. */
function bindingManifest(name: string, { env, vault, secret, version, identity, appSecret }: LiveBinding, { options, home }: ImportWork): NewManifest {
  const { content } = secretContent({ vault, secret, version, identity }, home);
  const metadata = { ...metadataOf(name, options), annotations: { [appSecretAnnotation]: `${appSecret}@${content}` } };
  const spec = { env, vault, secret, ...(version !== null && { version }), identity };
  return { value: { apiVersion, kind: 'SecretBinding', metadata, spec }, above: [], behind: [] };
}
