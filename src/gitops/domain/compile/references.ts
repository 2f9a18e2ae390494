import type { KindName } from '../kinds/kinds.ts';
import { fault, type Fault, type Path } from '../reading/fault.ts';
import type { BrokenManifest, Draft } from '../reading/manifest.ts';
import { documentName, skeleton } from '../values/names.ts';
import { didYouMean, nearest } from '../values/nearest.ts';
import type { Declared, DraftFault } from './declared.ts';

/** A document that another names: found, be it right or wrong, perhaps in something that cannot be read, or a problem of the one that names it. */
export type Reference<Name extends KindName> = { readonly found: Draft<Name> } | { readonly hidden: true } | { readonly fault: Fault };

/** Documents of other tenants cannot be named, whatever they are called. */
export function refer<Name extends KindName>(declared: Declared, { tenant }: Draft, kind: Name, name: string, path: Path): Reference<Name> {
  const drafts: readonly Draft<Name>[] = declared.drafts[kind];
  const isOurs = (draft: Draft): boolean => tenant === null || draft.tenant === null || draft.tenant === tenant;
  const called = drafts.filter(({ ref }) => ref?.name === name);
  const found = called.find(isOurs);
  if (found !== undefined) return { found };
  if (called.length > 0) {
    const message = `The ${kind} \`${name}\` belongs to another tenant`;
    return { fault: fault({ code: 'other-tenant', path, message, expected: `a ${kind} of tenant ${tenant ?? ''}` }) };
  }
  const known = { tenant, names: drafts.filter(isOurs).flatMap(({ ref }) => ref?.name ?? []) };
  return mayExist(declared, kind, name, known) ? { hidden: true } : { fault: dangling(declared, kind, name, path, known) };
}

/** Names that a document of the tenant may say; any tenant's when it is null. */
interface Known {
  readonly tenant: string | null;
  readonly names: readonly string[];
}

/** Whether something that cannot be read, or that has no usable name, may be what is named; a typing error is one all the same. */
function mayExist(declared: Declared, kind: KindName, name: string, known: Known): boolean {
  return declared.broken.some((one) => {
    if (one.ref?.kind === kind && one.ref.name === name) return true;
    if ((one.kind !== null && one.kind !== kind) || !isNameless(one)) return false;
    return one.written === null ? hintOf(declared, kind, name, known) === null : nearest(skeleton(one.written), [name]) !== null;
  });
}

function isNameless({ ref, written }: BrokenManifest): boolean {
  return ref === null || (written !== null && !documentName.safeParse(written).success);
}

/** Every wrong name costs a look at all the right ones; a flood of them gets no hints. */
const hintsPerSet = 200;
const hints = new WeakMap<Declared['drafts'], Map<string, string | null>>();

function hintOf({ drafts }: Declared, kind: KindName, name: string, known: Known): string | null {
  const found = hints.get(drafts) ?? new Map<string, string | null>();
  hints.set(drafts, found);
  const key = `${kind} ${known.tenant ?? ''} ${name}`;
  if (!found.has(key) && found.size < hintsPerSet) found.set(key, didYouMean(name, known.names));
  return found.get(key) ?? null;
}

function dangling(declared: Declared, kind: KindName, name: string, path: Path, known: Known, at: Fault['at'] = 'value'): Fault {
  return fault({
    code: 'unknown-reference',
    path,
    at,
    message: `There is no ${kind} \`${name}\``,
    expected: `the name of a ${kind}`,
    hint: hintOf(declared, kind, name, known),
  });
}

/** Whether an environment is declared, rightly or wrongly, or may be. */
export function mayBeEnvironment(declared: Declared, name: string): boolean {
  const known = environmentNames(declared);
  return known.names.includes(name) || mayExist(declared, 'RuntimeEnvironment', name, known);
}

/** Whether a service may run in an environment although no document that can be read says so. */
export function mayBeService(declared: Declared, name: string, environment: string): boolean {
  const readable = declared.drafts.RuntimeService.filter(({ ref }) => ref?.name === name);
  if (readable.length > 0) return readable.some((draft) => draft.environments.some((one) => !mayBeEnvironment(declared, one) && nearest(one, [environment]) !== null));
  return mayExist(declared, 'RuntimeService', name, { tenant: null, names: declared.drafts.RuntimeService.flatMap(({ ref }) => ref?.name ?? []) });
}

function environmentNames({ drafts }: Declared): Known {
  return { tenant: null, names: drafts.RuntimeEnvironment.flatMap(({ ref }) => ref?.name ?? []) };
}

const overlaidKinds = ['RuntimeService', 'RuntimeConfiguration', 'SecretBinding', 'ScalingPolicy'] as const;

/** Names of environments, wherever documents say them. A service that names a wrong one was meant for another, so it is not used at all. */
export function danglingEnvironments(declared: Declared): readonly DraftFault[] {
  const known = environmentNames(declared);
  const isWrong = (name: string): boolean => !mayBeEnvironment(declared, name);
  const overlaid = overlaidKinds.flatMap((kind): readonly Draft[] => declared.drafts[kind]);
  const keys = overlaid.flatMap((draft) =>
    draft.environments.filter(isWrong).map((name) => ({ draft, fault: dangling(declared, 'RuntimeEnvironment', name, ['spec', 'environments', name], known, 'key') })),
  );
  const listed = declared.drafts.RuntimeTenantBinding.flatMap((draft) =>
    (draft.partsIn('')?.environments ?? []).flatMap((name, index) =>
      name !== null && isWrong(name) ? [{ draft, fault: dangling(declared, 'RuntimeEnvironment', name, ['spec', 'environments', index], known) }] : [],
    ),
  );
  return [...keys, ...listed];
}
