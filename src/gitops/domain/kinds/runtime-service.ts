import { z } from 'zod';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import { componentTypes } from '../../../kernel/desired-state.ts';
import { fault, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { identityName } from '../values/azure-names.ts';
import { azureRegistry, image } from '../values/image.ts';
import { documentName, environmentName, serviceName, uniqueList } from '../values/names.ts';
import { cores, duration, inGibibytes, memory } from '../values/units.ts';
import { variableName, variables } from '../values/variables.ts';
import { written } from '../values/written.ts';
import type { Kind } from './kind.ts';
import { metadata } from './metadata.ts';
import { checkRawProperties } from './raw-properties.ts';
import { checkRollout, rollout } from './rollout.ts';

const port = z.number().int().min(1).max(65_535);

const probePath = written({ pattern: '^/', examples: ['/health'] }, (text, refuse) =>
  /^\/[A-Za-z0-9/_.~%?=&-]{0,255}$/.test(text) && !text.startsWith('//') && !text.includes('..')
    ? text
    : refuse({
      code: 'invalid-probe-path',
      message: 'This is not the path of a probe',
      expected: 'a path that starts with one slash, such as /health',
      hint: "Write the path alone: the host is the service's own",
    }),
);

/** Ranges are those of Azure's probes. */
const probe = z.strictObject({
  path: probePath,
  port: port.optional().meta({ description: "Left out: the ingress's port." }),
  timeout: duration({ min: '1s', max: '240s', wholeSeconds: true }).default(1000).meta({ description: 'From 1s to 240s; 1s when left out.' }),
  period: duration({ min: '1s', max: '240s', wholeSeconds: true }).optional(),
  initialDelay: duration({ min: '1s', max: '60s', wholeSeconds: true }).optional(),
  failures: z.number().int().min(1).max(10).optional().meta({ description: 'Failed probes in a row that count.' }),
});

export type ProbeSpec = z.infer<typeof probe>;

const spec = z.strictObject({
  type: z.enum(componentTypes),
  image,
  ingress: z
    .strictObject({ port, external: z.boolean().default(false).meta({ description: 'Reachable from outside the environment.' }) })
    .optional()
    .meta({ description: 'Left out: nothing can call the service.' }),
  resources: z
    .strictObject({ cpu: cores.default(0.5), memory: memory.default(2 ** 30) })
    .default({ cpu: 0.5, memory: 2 ** 30 })
    .meta({ description: 'Of one replica; 0.5 cores and 1Gi when left out. Memory in Gi is twice the cores.' }),
  env: variables.default({}).meta({ description: 'Wins over the configuration.' }),
  configuration: documentName.optional().meta({ description: 'Name of a RuntimeConfiguration of the same tenant.' }),
  secrets: uniqueList(documentName, 100).default([]).meta({ description: 'Names of SecretBindings of the same tenant.' }),
  identity: identityName.optional().meta({
    description: 'The identity that it runs as and pulls its image with. Left out: the first identity of its secrets, by name.',
  }),
  health: z.strictObject({ readiness: probe.optional().meta({ description: 'Trueup asks it, too, through the ingress; an internal service is judged by its replicas alone.' }), liveness: probe.optional() }).default({}),
  rollout,
  promotion: z
    .strictObject({
      from: environmentName.meta({ description: 'Environment that its releases come from: one in which the service runs.' }),
      values: uniqueList(variableName, 100).default([]).meta({ description: 'Keys of its RuntimeConfiguration whose values move along with the image.' }),
    })
    .optional()
    .meta({ description: 'A release that was found good in another environment is proposed for this one by a pull request.' }),
  azure: z.record(z.string(), z.unknown()).default({}).meta({
    description: 'Escape hatch: properties of the container app in the shape of ARM, merged over what Trueup renders (JSON merge patch). `null` removes.',
  }),
});

export type ServiceSpec = z.infer<typeof spec>;

export const runtimeService: Kind<ServiceSpec> = {
  about: 'A container app. `spec.environments` says where it runs and what differs there.',
  metadata: metadata({ name: serviceName, project: true, module: true }),
  spec,
  environments: 'where-it-runs',
  perEnvironment: ['promotion'],
  check: (declared) => [...checkResources(declared), ...checkProbes(declared), ...checkRollout(declared.rollout, declared.ingress), ...checkRawProperties(declared.azure ?? {})],
  example: `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: checkout, tenant: contoso, project: storefront, module: checkout }
spec:
  type: microservice
  image: contoso.azurecr.io/checkout:1.4.2
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.5, memory: 1Gi }
  env: { LOG_LEVEL: info }
  configuration: storefront
  secrets: [payments-api-key]
  health:
    readiness: { path: /health, timeout: 5s }
    liveness: { path: /alive }
  rollout:
    strategy: all-at-once
    watch: 5m
  environments:
    staging: {}
    prod: { image: "contoso.azurecr.io/checkout:1.4.1", promotion: { from: staging } }
`,
};

/** On the consumption plan; a workload profile has its own sizes. */
function checkResources({ resources, azure }: Readable<ServiceSpec>): readonly Fault[] {
  const { cpu = null, memory: bytes = null } = resources ?? {};
  if (cpu === null || azure === null || hasOwnSizes(azure['workloadProfileName'])) return [];
  if (cpu > 4 || !Number.isInteger(cpu * 4)) {
    return [fault({
      code: 'invalid-cpu',
      path: ['spec', 'resources', 'cpu'],
      message: `Azure has no replicas of ${cpu} cores`,
      expected: '0.25 to 4 in steps of 0.25',
    })];
  }
  if (bytes === null || bytes === cpu * 2 * 2 ** 30) return [];
  const fits = inGibibytes(cpu * 2 * 2 ** 30);
  return [fault({
    code: 'invalid-memory',
    path: ['spec', 'resources', 'memory'],
    message: `${cpu} cores come with ${fits} of memory`,
    expected: fits,
    hint: 'Or name a workload profile in `spec.azure.workloadProfileName`',
  })];
}

function hasOwnSizes(profile: unknown): boolean {
  return typeof profile === 'string' && profile.toLowerCase() !== 'consumption';
}

function checkProbes({ health, ingress }: Readable<ServiceSpec>): readonly Fault[] {
  return (['readiness', 'liveness'] as const).flatMap((kind) => {
    const probe = health?.[kind] ?? null;
    if (probe === null || probe.port !== undefined || ingress !== undefined) return [];
    return [fault({ code: 'missing-field', path: ['spec', 'health', kind], message: 'Without an ingress a probe needs a port', expected: '`port`' })];
  });
}

/** An image of an Azure Container Registry is pulled with an identity or as `spec.azure` says, or the registry lets anybody pull. */
export function pullsWithoutIdentity({ image: reference, azure }: Readable<ServiceSpec>, identities: readonly string[]): boolean {
  const registry = reference === null ? null : azureRegistry(reference);
  return registry !== null && identities.length === 0 && !signsInAt(registry, azure);
}

/** Apps that were made by hand and imported often sign in with a password that lies in the app. */
function signsInAt(registry: string, azure: Readable<ServiceSpec>['azure']): boolean {
  const configuration = azure?.['configuration'];
  const registries = isObject(configuration) ? configuration['registries'] : null;
  return Array.isArray(registries) && registries.some((one: unknown) => isObject(one) && typeof one['server'] === 'string' && one['server'].toLowerCase() === registry.toLowerCase());
}
