import { z } from 'zod';
import { variables } from '../values/variables.ts';
import type { Kind } from './kind.ts';
import { metadata } from './metadata.ts';

const spec = z.strictObject({ values: variables.meta({ description: 'Environment variables of every service that uses it. Never secrets.' }) });

export type ConfigurationSpec = z.infer<typeof spec>;

export const runtimeConfiguration: Kind<ConfigurationSpec> = {
  about: 'Settings that several services share. Every set of values is a version of its own; a changed value is a new revision of the services that use it.',
  metadata: metadata({ project: true }),
  spec,
  environments: 'differences',
  check: () => [],
  example: `apiVersion: trueup.dev/v1
kind: RuntimeConfiguration
metadata: { name: storefront, tenant: contoso, project: storefront }
spec:
  values: { FEATURE_NEW_CART: "off" }
  environments:
    prod: { values: { FEATURE_NEW_CART: "on" } }
`,
};
