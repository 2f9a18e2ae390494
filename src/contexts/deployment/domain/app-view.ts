import { isObject } from '../../../kernel/comparison/canonical.ts';
import { liveConfiguration, tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import { suffixOf, type Release } from './service-rollout.ts';

export function isAdopted(app: ObservedApp): boolean {
  return tagOf(app, tagNames.digest) !== null || tagOf(app, tagNames.environment) !== null;
}

export function revisionName(service: Pick<DesiredService, 'name' | 'revisionSuffix'>): string {
  return `${service.name}--${service.revisionSuffix}`;
}

/** Its tags say that this deployment wrote this release. */
export function isMarked(app: Pick<ObservedApp, 'tags'>, { digest, trace }: Pick<Release, 'digest' | 'trace'>): boolean {
  return tagOf(app, tagNames.digest) === digest && tagOf(app, tagNames.trace) === trace;
}

/** The revision that a write of this release makes. */
export function revisionMadeBy(app: string, release: Release): string {
  return revisionName({ name: app, revisionSuffix: suffixOf(release) });
}

/** Named by a template's hash, so made by this code base. */
export function isOurRevision(app: string, revision: string): boolean {
  return revision.startsWith(`${app}--`) && /^t[0-9a-f]{10}$/.test(revision.slice(app.length + 2));
}

export interface LiveSecret {
  readonly name: string;
  readonly keyVaultUrl: string | null;
  readonly identity: string | null;
}

export function liveSecrets(app: ObservedApp): readonly LiveSecret[] {
  const list = liveConfiguration(app)['secrets'];
  return Array.isArray(list) ? list.flatMap(secretOf) : [];
}

function secretOf(item: unknown): readonly LiveSecret[] {
  if (!isObject(item) || typeof item['name'] !== 'string') return [];
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return [{ name: item['name'], keyVaultUrl: text(item['keyVaultUrl']), identity: text(item['identity']) }];
}
