import { fault, type Fault } from '../reading/fault.ts';
import type { Draft, Manifest } from '../reading/manifest.ts';
import { valueAt } from '../reading/value-at.ts';
import { nearest } from '../values/nearest.ts';
import type { Declared, DraftFault } from './declared.ts';
import { refer } from './references.ts';

/**
 * The scaling policy of a service; null when none names it. Wrong when one that names it is wrong, or when two do: a service must not
 * fall back to one replica because somebody made a typing error in its policy.
 */
export function policyFor(declared: Declared, service: Manifest<'RuntimeService'>): Policy {
  const own = [...declared.manifests.ScalingPolicy.values()].filter((one) => serviceOf(one) === service.ref.name && one.metadata.tenant === service.metadata.tenant);
  const [found, second] = own;
  if (second !== undefined || isNamedByBroken(declared, service.ref.name)) return { wrong: true };
  return { found: found ?? null };
}

export type Policy = { readonly found: Manifest<'ScalingPolicy'> | null } | { readonly wrong: true };

/** What can be read of the policies of a service, usable or not. */
export function policyDrafts({ drafts }: Declared, service: string): readonly Draft<'ScalingPolicy'>[] {
  return drafts.ScalingPolicy.filter((policy) => serviceOf(policy) === service);
}

function serviceOf(policy: Draft<'ScalingPolicy'>): string | null {
  return policy.partsIn('')?.service ?? null;
}

/** One whose service cannot be read or does not exist is taken for that of the service that is nearest, or of its own name. */
function isNamedByBroken(declared: Declared, service: string): boolean {
  const services = [...declared.manifests.RuntimeService.keys()];
  return declared.broken.some(({ ref, value }) => {
    if (ref?.kind !== 'ScalingPolicy') return false;
    const named = serviceNamedIn(value) ?? ref.name;
    return named === service || (!services.includes(named) && (ref.name === service || nearest(named, services) === service));
  });
}

/** Of the document as it was written: what is usable has this field, what is wrong may have it. */
function serviceNamedIn(value: unknown): string | null {
  const service = valueAt(value, ['spec', 'service']);
  return typeof service === 'string' ? service : null;
}

export function policyFaults(declared: Declared): readonly DraftFault[] {
  return declared.drafts.ScalingPolicy.flatMap((draft) =>
    [...danglingService(declared, draft), ...secondPolicy(declared, draft), ...movedService(draft)].map((found) => ({ draft, fault: found })),
  );
}

function danglingService(declared: Declared, policy: Draft<'ScalingPolicy'>): readonly Fault[] {
  const service = serviceOf(policy);
  if (service === null) return [];
  const reference = refer(declared, policy, 'RuntimeService', service, ['spec', 'service']);
  return 'fault' in reference ? [reference.fault] : [];
}

/** Of two with one name the name is the mistake. */
function secondPolicy(declared: Declared, policy: Draft<'ScalingPolicy'>): readonly Fault[] {
  const service = serviceOf(policy);
  const [first] = service === null ? [] : policyDrafts(declared, service);
  if (first === undefined || first === policy || first.ref?.name === policy.ref?.name) return [];
  const message = `${service ?? ''} has a policy already: \`${first.ref?.name ?? ''}\` in ${first.document.location.file}`;
  return [fault({ code: 'duplicate-policy', path: ['spec', 'service'], message, expected: 'one ScalingPolicy per service' })];
}

function movedService({ document, environments }: Draft<'ScalingPolicy'>): readonly Fault[] {
  return environments
    .map((name) => ['spec', 'environments', name, 'service'])
    .filter((path) => valueAt(document.value, path) !== undefined)
    .map((path) => fault({ code: 'unknown-field', path, at: 'key', message: 'A policy is for the same service everywhere' }));
}
