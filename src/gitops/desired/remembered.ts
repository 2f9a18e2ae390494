import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { DocumentRef } from '../../kernel/problem.ts';
import type { SyncedEnvironment } from '../records/repository-sync.ts';

/**
 * An environment some of whose documents are wrong or may lie in a file that cannot be read. What was declared before and is missing
 * counts as declared wrongly, not as removed. A service without a policy is held back unless it is known to have none: the hidden
 * file may hold it, and without it the service would go down to one replica.
 */
export function withRemembered(environment: DesiredEnvironment, known: SyncedEnvironment | null, mayBeHidden: boolean): DesiredEnvironment {
  const isHeld = ({ name, scalingPolicy }: DesiredEnvironment['services'][number]): boolean =>
    mayBeHidden && scalingPolicy === null && (known?.services[name] === undefined || known.scaled.includes(name));
  const held = environment.services.filter(isHeld).map(({ name }) => ({ kind: 'RuntimeService', name }));
  const lacks = (kind: string, remembered: Readonly<Record<string, unknown>> | undefined, declared: readonly { readonly name: string }[]): readonly DocumentRef[] => {
    const found = new Set([...declared, ...environment.invalid.filter((ref) => ref.kind === kind)].map(({ name }) => name));
    return Object.keys(remembered ?? {}).filter((name) => !found.has(name)).map((name) => ({ kind, name }));
  };
  const hidden = [
    ...held,
    ...lacks('RuntimeTenantBinding', known?.bindings, environment.bindings),
    ...lacks('RuntimeService', known?.services, environment.services),
    ...lacks('RuntimeConfiguration', known?.configurations, environment.configurations),
    ...lacks('SecretBinding', known?.secrets, environment.secrets),
    ...lacks('ScalingPolicy', known?.scaling, environment.scaling),
  ];
  if (hidden.length === 0) return environment;
  return { ...environment, services: environment.services.filter((service) => !isHeld(service)), invalid: [...environment.invalid, ...hidden] };
}
