import { z } from 'zod';
import { stages } from '../../../kernel/desired-state.ts';
import { isKnownRegion, managedEnvironment, region, resourceGroup, subscriptionId } from '../values/azure-names.ts';
import { environmentName } from '../values/names.ts';
import { warning, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import { checkDrift, drift } from './drift.ts';
import { checkFreeze, freeze } from './freeze.ts';
import type { Kind } from './kind.ts';
import { metadata } from './metadata.ts';

const spec = z.strictObject({
  stage: z.enum(stages).meta({ description: 'Cannot change once it is provisioned.' }),
  region: region.meta({ description: "Azure's short name of the region. Cannot change once it is provisioned." }),
  azure: z.strictObject({ subscription: subscriptionId, resourceGroup, managedEnvironment }),
  drift,
  freeze,
});

export type EnvironmentSpec = z.infer<typeof spec>;

export const runtimeEnvironment: Kind<EnvironmentSpec> = {
  about: 'A place where services run: one Container Apps environment in one resource group. The tenant in its metadata owns it.',
  metadata: metadata({ name: environmentName, project: true }),
  spec,
  environments: 'none',
  check: (declared) => [...unknownRegion(declared), ...checkDrift(declared.drift), ...checkFreeze(declared.freeze)],
  example: `apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: prod, tenant: contoso, project: storefront }
spec:
  stage: prod
  region: westeurope
  azure:
    subscription: 00000000-0000-0000-0000-000000000000
    resourceGroup: rg-storefront-prod
    managedEnvironment: cae-storefront-prod
  drift: { mode: report }
  freeze:
    - { cron: "0 17 * * 5", timezone: Europe/Berlin, duration: 63h, reason: weekend }
`,
};

function unknownRegion({ region: name }: Readable<EnvironmentSpec>): readonly Fault[] {
  if (name === null || isKnownRegion(name)) return [];
  return [warning({
    code: 'unknown-region',
    path: ['spec', 'region'],
    message: 'This region of Azure is not known here',
    hint: 'Check the spelling; Azure will refuse it otherwise',
  })];
}
