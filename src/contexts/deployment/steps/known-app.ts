import { tagOf, templateRevision, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { appliedApp, appliedKey, nothingApplied, type AppliedApp } from '../domain/applied-app.ts';
import { withBody } from '../domain/applied-body.ts';
import { withGood } from '../domain/ledger.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import { withLifted, withTagCleared } from '../domain/quarantine.ts';
import type { Release } from '../domain/service-rollout.ts';
import { mainRevision } from '../domain/traffic.ts';
import type { DeploymentPorts } from '../ports.ts';
import { entryFromGit, recoveredVerdict } from './entry-from-git.ts';

type KnownPorts = Pick<DeploymentPorts, 'store' | 'desired' | 'clock'>;

export interface KnownApp extends Stored<AppliedApp> {
  /** A person let a release out of quarantine, which is to be saved: the next write makes it unseen. */
  readonly isLifted: boolean;
}

/** What was applied to an app: from the store, or from Git at the commits that the app's own tags name when the store does not know it. */
export async function knownApp(ports: KnownPorts, tenantId: TenantId, environment: string, app: ObservedApp): Promise<KnownApp> {
  const stored = await ports.store.load(appliedKey(tenantId, environment, app.id.name), appliedApp);
  const before = stored?.value ?? nothingApplied;
  const known = withLifted(before, app);
  const digest = tagOf(app, tagNames.digest);
  const isKnown = digest === null || digest === known.applied?.digest;
  const value = isKnown ? known : await recovered(ports, { tenantId, environment, app, known, isEmptied: stored === null });
  return { version: stored?.version ?? 0, value, isLifted: known !== before };
}

interface Recovery {
  readonly tenantId: TenantId;
  readonly environment: string;
  readonly app: ObservedApp;
  readonly known: AppliedApp;
  readonly isEmptied: boolean;
}

/**
 * Of an emptied store, the ledger begins with what serves, after what was known good when that was applied. Where a ledger is there, what
 * it does not hold is not known good.
 */
async function recovered(ports: KnownPorts, { tenantId, environment, app, known, isEmptied }: Recovery): Promise<AppliedApp> {
  const find = (commit: string | null, fits: (entry: LedgerEntry) => boolean) => entryFromGit(ports, { tenantId, environment, service: app.id.name, commit, app }, fits);
  const digest = tagOf(app, tagNames.digest);
  const found = await find(tagOf(app, tagNames.commit), (entry) => entry.digest === digest);
  if (found === null) return known;
  const release = { ...found.release, generation: tagOf(app, tagNames.generation) ?? '', trace: tagOf(app, tagNames.trace) ?? '' };
  if (known.ledger.length > 0 || known.good !== null) return withBody(known, release);
  const before = await find(tagOf(app, tagNames.previous), (entry) => entry.digest !== digest);
  const begun = before === null ? known : withGood(withBody(known, before.release), before);
  const applied = withBody(begun, release);
  return isEmptied && servingName(app) === found.revision ? withGood(applied, { ...found, release }) : applied;
}

/** By weight; without ingress the one that the app's template names, which a rollback puts back. */
export function servingName(app: ObservedApp): string | null {
  const explicit = app.traffic.flatMap(({ revision, weight }) => (revision === null ? [] : [{ revision, weight, label: null }]));
  return mainRevision(explicit) ?? templateRevision(app) ?? app.latestReadyRevision;
}

/** After a body was sent. That it serves already, where nothing else does, is no reason to call it good. */
export function withApplied(known: AppliedApp, applied: Release): AppliedApp {
  const isOwn = ({ verdict, release }: LedgerEntry): boolean => verdict === recoveredVerdict && release?.digest === applied.digest && release.trace === applied.trace;
  const ledger = known.ledger.filter((entry) => !isOwn(entry));
  const good = ledger.length === known.ledger.length ? known.good : null;
  return withBody(withTagCleared({ ...known, ledger, good }, applied.digest), applied);
}

export function saveKnown(tenantId: TenantId, environment: string, service: string, { version }: Pick<Stored<AppliedApp>, 'version'>, value: AppliedApp): Save {
  return { key: appliedKey(tenantId, environment, service), expectedVersion: version, value };
}
