import { isOutsideFailure, NotAllowed } from '../../../kernel/errors.ts';
import { tenantIn } from '../../../kernel/ids.ts';
import { inBatches } from '../../../kernel/in-batches.ts';
import type { ObservedVault } from '../../../kernel/key-vault.ts';
import type { DriftFindings, Sighting } from '../domain/runtime-drift-finding.ts';
import { dueTargets, placesOf, vaultTargets, type VaultTarget } from '../domain/vault-looks.ts';
import { lostAccess, secretSightings } from '../domain/vault-sightings.ts';
import type { Judged } from './judge.ts';
import { together, type Scanner } from './scanner.ts';

export interface VaultsSeen extends Pick<DriftFindings, 'looked' | 'couldRead'> {
  readonly sightings: readonly Sighting[];
  /** Places that were not looked at, or not to be read. */
  readonly unread: ReadonlySet<string>;
}

/** Deliveries that may fail before a vault that does not answer is left until its next turn. */
const patience = 2;

/** Secrets and who may read them, through metadata: each about hourly, once for all services that share it. */
export async function lookAtVaults(scanner: Scanner, judged: readonly Judged[]): Promise<VaultsSeen> {
  const { ports, before, environment, activity } = scanner;
  const now = ports.clock.now();
  const targets = vaultTargets(environment, judged.filter((one) => one.isAsDeclared).map(({ service }) => service));
  const due = dueTargets(targets, before, activity, now);
  const vaults = vaultsOf(scanner);
  const couldRead = new Set(before.couldRead);
  const looks = await inBatches(due, together, async (target) => ({ target, found: await look(scanner, { vaults, couldRead }, target).catch((error: unknown) => unreadable(scanner, error)) }));
  const read = new Set(looks.filter(({ found }) => found !== null).map(({ target }) => target.key));
  // Also of services that are not judged this time.
  const declared = vaultTargets(environment, environment.services).map(({ key }) => key);
  const known = declared.flatMap((key) => (before.looked[key] === undefined ? [] : [[key, before.looked[key]] as const]));
  return {
    sightings: looks.flatMap(({ found }) => found ?? []),
    unread: new Set(targets.filter(({ key }) => !read.has(key)).flatMap(placesOf)),
    looked: Object.fromEntries([...known, ...due.map(({ key }) => [key, now] as const)]),
    couldRead: declared.filter((key) => couldRead.has(key)).sort(),
  };
}

type Vaults = (target: VaultTarget) => Promise<ObservedVault | null>;

interface Known {
  readonly vaults: Vaults;
  /** Keys of targets whose access was there at some look; grows. */
  readonly couldRead: Set<string>;
}

function vaultsOf({ ports, tenantId, environment, signal }: Scanner): Vaults {
  const asked = new Map<string, Promise<ObservedVault | null>>();
  return ({ binding: { tenant, vault } }) => {
    const key = `${tenant}|${vault.toLowerCase()}`;
    const known = asked.get(key) ?? ports.secrets.vault(tenantIn(tenantId, tenant), environment.azure.subscription, vault, signal);
    asked.set(key, known);
    return known;
  };
}

async function look(scanner: Scanner, { vaults, couldRead }: Known, target: VaultTarget): Promise<readonly Sighting[]> {
  const vault = await vaults(target);
  return target.of === 'secret' ? lookAtSecret(scanner, target, vault) : lookAtAccess(scanner, { target, vault, couldRead });
}

async function lookAtSecret({ ports, tenantId, before, signal }: Scanner, { binding, uses }: VaultTarget, vault: ObservedVault | null): Promise<readonly Sighting[]> {
  const versions = vault && (await ports.secrets.versions(tenantIn(tenantId, binding.tenant), vault, binding.secret, signal));
  const now = ports.clock.now();
  return uses.flatMap((use) => secretSightings(use.service, use.binding, { versions, endedAt: before.ended[use.service]?.at ?? 0, now }));
}

interface AccessLook extends Pick<Known, 'couldRead'> {
  readonly target: VaultTarget;
  readonly vault: ObservedVault | null;
}

/** Of a vault that is gone the secrets tell. Where no role was ever seen the vault may give access by policies of its own, which no role tells of. */
async function lookAtAccess({ ports, tenantId, environment, signal }: Scanner, { target: { key, binding, uses }, vault, couldRead }: AccessLook): Promise<readonly Sighting[]> {
  if (vault === null) return [];
  const tenant = tenantIn(tenantId, binding.tenant);
  const principal = await ports.access.principal(tenant, environment.azure, binding.identity, signal);
  if (principal !== null && (await ports.access.mayRead(tenant, vault, principal, signal))) return couldRead.add(key), [];
  if (principal !== null && !couldRead.has(key)) return [];
  const told = new Map(uses.map((use) => [use.service, use]));
  return [...told.values()].map((use) => lostAccess(use.service, use.binding, principal === null ? 'identity' : 'role'));
}

/** One vault that does not answer must not keep everything else from being looked at. Null: nothing is known of it. */
function unreadable({ attempt }: Scanner, error: unknown): null {
  if (error instanceof NotAllowed || (isOutsideFailure(error) && attempt >= patience)) return null;
  throw error;
}
