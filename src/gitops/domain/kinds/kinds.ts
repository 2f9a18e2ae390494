import type { Kind } from './kind.ts';
import { runtimeConfiguration } from './runtime-configuration.ts';
import { runtimeEnvironment } from './runtime-environment.ts';
import { runtimeService } from './runtime-service.ts';
import { runtimeTenantBinding } from './runtime-tenant-binding.ts';
import { scalingPolicy } from './scaling-policy.ts';
import { secretBinding } from './secret-binding.ts';

export const apiVersion = 'trueup.dev/v1';

/** Every kind of document, in the order of the reference. */
export const kinds = {
  RuntimeTenantBinding: runtimeTenantBinding,
  RuntimeEnvironment: runtimeEnvironment,
  RuntimeService: runtimeService,
  RuntimeConfiguration: runtimeConfiguration,
  SecretBinding: secretBinding,
  ScalingPolicy: scalingPolicy,
} as const;

export type KindName = keyof typeof kinds;

export type SpecOf<Name extends KindName> = (typeof kinds)[Name] extends Kind<infer Spec> ? Spec : never;

export const kindNames = Object.keys(kinds) as readonly KindName[]; // the keys of the object above

export function isKindName(text: unknown): text is KindName {
  return typeof text === 'string' && Object.hasOwn(kinds, text);
}
