import { z } from 'zod';
import type { RuntimeDeployment } from './runtime-deployment.ts';
import { isFinished, type ServiceRollout } from './service-rollout.ts';

const owedService = z.strictObject({
  /** Of the deployment that was to bring it. */
  generation: z.number().int(),
  /** Of the release that did not arrive; null when its commit could not be read, or did not declare it rightly. */
  digest: z.string().nullable(),
  /** The release itself failed or was refused: it is not tried again unless somebody asks for it. */
  failed: z.boolean(),
  /** What it waited for in vain, see `lackOf`. */
  lacks: z.array(z.string()),
});

/** Services that a deployment was asked for and did not bring, by name: Git declares them, and whoever asked will not ask again. */
export const owedServices = z.record(z.string(), owedService);
export type OwedServices = z.infer<typeof owedServices>;

const owedAtMost = 1000;

function youngest(owed: OwedServices): OwedServices {
  const entries = Object.entries(owed);
  if (entries.length <= owedAtMost) return owed;
  return Object.fromEntries(entries.toSorted(([, a], [, b]) => b.generation - a.generation).slice(0, owedAtMost));
}

/** After a deployment has ended, in whatever way: what it finished is owed no more, everything else of it is. */
export function owedAfter(owed: OwedServices, { generation, services }: Pick<RuntimeDeployment, 'generation' | 'services'>): OwedServices {
  const left: OwedServices = { ...owed };
  for (const rollout of services) {
    const known = left[rollout.service];
    if (known !== undefined && known.generation > generation) continue;
    if (isFinished(rollout)) delete left[rollout.service];
    else left[rollout.service] = { generation, digest: rollout.digest, failed: rollout.failed, lacks: rollout.lacks };
  }
  return youngest(left);
}

/** Asked for at a commit that does not say what they are. */
export function owedUnread(owed: OwedServices, names: readonly string[], generation: number): OwedServices {
  return youngest({ ...owed, ...Object.fromEntries(names.map((name) => [name, { generation, digest: null, failed: false, lacks: [] }])) });
}

/** Without what Git declares no more. `names`: declared, rightly or wrongly. */
export function stillDeclared(owed: OwedServices, names: ReadonlySet<string>): OwedServices {
  return Object.fromEntries(Object.entries(owed).filter(([name]) => names.has(name)));
}

/** What the next deployment brings besides what it is asked for. */
export function carriedOver(owed: OwedServices): readonly string[] {
  return Object.entries(owed).flatMap(([name, { failed }]) => (failed ? [] : [name]));
}

/** A deployment brings them now: what they lacked is its matter. */
export function withoutLacks(owed: OwedServices, names: readonly string[]): OwedServices {
  return Object.fromEntries(Object.entries(owed).map(([name, one]) => [name, names.includes(name) ? { ...one, lacks: [] } : one]));
}

/** Services that a thing which is there now was missing for. */
export function lacking(owed: OwedServices, factKey: string): readonly string[] {
  return Object.entries(owed).flatMap(([name, { failed, lacks }]) => (!failed && lacks.some((lack) => factKey.startsWith(lack)) ? [name] : []));
}

/** The same release did not arrive before: nothing that the commit changes, so it does not stop what the commit changes. */
export function isKnownTo(owed: OwedServices, { service, digest }: Pick<ServiceRollout, 'service' | 'digest'>): boolean {
  const known = owed[service];
  return known !== undefined && known.digest !== null && known.digest === digest;
}
