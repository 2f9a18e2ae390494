import { pullsWithoutIdentity, type ServiceSpec } from '../kinds/runtime-service.ts';
import type { SpecOf } from '../kinds/kinds.ts';
import { fault, warning, type Fault } from '../reading/fault.ts';
import type { Draft } from '../reading/manifest.ts';
import type { Readable } from '../reading/readable.ts';
import type { Declared } from './declared.ts';
import { policyDrafts } from './policies.ts';
import { promotionFaults } from './promotion-faults.ts';
import { reapplyFaults } from './reapply.ts';
import { refer, type Reference } from './references.ts';

type Service = Draft<'RuntimeService'>;

/**
 * What is wrong about a service among the other documents, in one environment, by whatever can be read of it and of them: a mistake of
 * one field hides none of another. What the environment itself adds is in `placement.ts`.
 */
export function serviceFaults(declared: Declared, service: Service, environment: string): readonly Fault[] {
  const spec = service.partsIn(environment);
  if (spec === null) return [];
  const { configuration, secrets, faults } = namedBy(declared, service, spec);
  return [
    ...faults,
    ...variableFaults(spec, configuration?.partsIn(environment) ?? null, secrets, environment),
    ...scaleFaults(declared, service, spec, environment),
    ...identityWarning(spec, secrets, environment),
    ...promotionFaults(declared, service, environment, configuration),
    ...reapplyFaults(declared, service),
  ];
}

type NamedSecret = { readonly index: number; readonly name: string; readonly secret: Draft<'SecretBinding'> | null };

interface Named {
  readonly configuration: Draft<'RuntimeConfiguration'> | null;
  readonly secrets: readonly NamedSecret[];
  readonly faults: readonly Fault[];
}

function namedBy(declared: Declared, service: Service, spec: Readable<ServiceSpec>): Named {
  const faults: Fault[] = [];
  const found = <Name extends 'RuntimeConfiguration' | 'SecretBinding'>(reference: Reference<Name>): Draft<Name> | null => {
    if ('fault' in reference) faults.push(reference.fault);
    return 'found' in reference ? reference.found : null;
  };
  const { configuration: name = null } = spec;
  const configuration = name === null ? null : found(refer(declared, service, 'RuntimeConfiguration', name, ['spec', 'configuration']));
  const secrets = (spec.secrets ?? []).flatMap((one, index): readonly NamedSecret[] => {
    if (one === null || spec.secrets?.indexOf(one) !== index) return [];
    return [{ index, name: one, secret: found(refer(declared, service, 'SecretBinding', one, ['spec', 'secrets', index])) }];
  });
  return { configuration, secrets, faults };
}

function variableFaults(
  spec: Readable<ServiceSpec>,
  settings: Readable<SpecOf<'RuntimeConfiguration'>> | null,
  secrets: readonly NamedSecret[],
  environment: string,
): readonly Fault[] {
  const taken = new Map<string, string>();
  for (const name of Object.keys(settings?.values ?? {})) taken.set(name, `the configuration ${spec.configuration ?? ''}`);
  for (const name of Object.keys(spec.env ?? {})) taken.set(name, '`env`');
  return secrets.flatMap(({ index, name, secret }) => {
    const env = secret?.partsIn(environment)?.env ?? null;
    if (env === null) return [];
    const by = taken.get(env);
    taken.set(env, `the secret ${name}`);
    if (by === undefined) return [];
    return [fault({
      code: 'duplicate-variable',
      path: ['spec', 'secrets', index],
      message: `The secret ${name} sets ${env}, which ${by} sets too`,
      expected: 'each variable from one place',
    })];
  });
}

function scaleFaults(declared: Declared, service: Service, { ingress, rollout }: Readable<ServiceSpec>, environment: string): readonly Fault[] {
  const policy = policyOf(declared, service);
  const scaling = policy?.partsIn(environment) ?? null;
  if (policy === null || scaling?.replicas?.min !== 0) return [];
  if (ingress === undefined && scaling.rules?.length === 0) return [neverStarts(policy.ref?.name ?? '')];
  return judgesRequests(rollout) ? [mayFindNoData] : [];
}

function judgesRequests(rollout: Readable<ServiceSpec>['rollout']): boolean {
  return (rollout?.gate?.successRate ?? null) !== null;
}

function policyOf(declared: Declared, { ref, tenant }: Service): Draft<'ScalingPolicy'> | null {
  const [policy, second] = ref === null ? [] : policyDrafts(declared, ref.name);
  return policy === undefined || second !== undefined || policy.tenant !== tenant ? null : policy;
}

function neverStarts(policy: string): Fault {
  return fault({
    code: 'never-starts',
    path: ['metadata', 'name'],
    message: `The policy ${policy} lets it go to zero replicas, and without an ingress or a rule nothing starts it again`,
    expected: '`replicas.min` of at least 1, an ingress or a rule',
  });
}

const mayFindNoData = warning({
  code: 'may-find-no-data',
  path: ['spec', 'rollout', 'gate', 'successRate'],
  message: 'The service may have no replica and no request: a release without data is never passed, it fails when `limits.noData` is over',
  expected: '`replicas.min` of at least 1, or a service that always has requests',
});

function identityWarning(spec: Readable<ServiceSpec>, secrets: readonly NamedSecret[], environment: string): readonly Fault[] {
  const identities = [spec.identity ?? null, ...secrets.map(({ secret }) => secret?.partsIn(environment)?.identity ?? null)];
  const isKnown = spec.identity !== null && spec.secrets !== null && !identities.slice(1).includes(null);
  if (!isKnown || !pullsWithoutIdentity(spec, identities.flatMap((one) => one ?? []))) return [];
  return [
    warning({
      code: 'no-pull-identity',
      path: ['spec', 'image'],
      message: 'No identity pulls this image, so the registry has to let anybody pull',
      expected: '`identity`, or a secret with one',
      hint: 'Name an identity that has AcrPull on the registry',
    }),
  ];
}
