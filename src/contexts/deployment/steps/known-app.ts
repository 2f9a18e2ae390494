import { tagOf, templateRevision, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { appliedApp, appliedKey, nothingApplied, type AppliedApp } from '../domain/applied-app.ts';
import { revisionName } from '../domain/app-view.ts';
import { referencesOf } from '../domain/secrets.ts';
import { suffixOf, type Release } from '../domain/service-rollout.ts';
import { mainRevision } from '../domain/traffic.ts';
import type { DeploymentPorts } from '../ports.ts';
import { readable } from './declared-at.ts';

type KnownPorts = Pick<DeploymentPorts, 'store' | 'desired'>;

/** What was applied to an app: from the store, or from Git at the commits that the app's own tags name when the store does not know it. */
export async function knownApp(ports: KnownPorts, tenantId: TenantId, environment: string, app: ObservedApp): Promise<Stored<AppliedApp>> {
  const stored = await ports.store.load(appliedKey(tenantId, environment, app.id.name), appliedApp);
  const known = stored?.value ?? nothingApplied;
  const digest = tagOf(app, tagNames.digest);
  const isKnown = digest === null || digest === known.applied?.digest;
  return { version: stored?.version ?? 0, value: isKnown ? known : await recovered(ports, tenantId, environment, app, { digest, known }) };
}

interface Recovery {
  readonly digest: string;
  readonly known: AppliedApp;
}

async function recovered(ports: KnownPorts, tenantId: TenantId, environment: string, app: ObservedApp, { digest, known }: Recovery): Promise<AppliedApp> {
  const find = (commit: string | null, fits: (service: DesiredService) => boolean) => fromGit(ports, tenantId, environment, app.id.name, commit, fits);
  const found = await find(tagOf(app, tagNames.commit), (service) => service.digest === digest);
  if (found === null) return known;
  const applied = { ...found, generation: tagOf(app, tagNames.generation) ?? '', trace: tagOf(app, tagNames.trace) ?? '' };
  const serving = servingName(app);
  const isServed = serving === `${app.id.name}--${suffixOf(applied)}`;
  const good = isServed ? applied : (known.good ?? (await find(tagOf(app, tagNames.previous), (service) => revisionName(service) === serving)));
  return { applied, good, secrets: merged(good === null ? known : { secrets: merged(known, good) }, applied) };
}

/** By weight; without ingress the one that the app's template names, which a rollback puts back. */
function servingName(app: ObservedApp): string | null {
  const explicit = app.traffic.flatMap(({ revision, weight }) => (revision === null ? [] : [{ revision, weight, label: null }]));
  return mainRevision(explicit) ?? templateRevision(app) ?? app.latestReadyRevision;
}

/** Generation and trace are not in Git: empty where no tag holds them. */
async function fromGit(
  { desired }: KnownPorts,
  tenantId: TenantId,
  environment: string,
  name: string,
  commit: string | null,
  fits: (service: DesiredService) => boolean,
): Promise<Release | null> {
  if (commit === null || !/^[0-9a-f]{40}$/.test(commit)) return null;
  const declared = await readable(desired.at(tenantId, environment, commit));
  const service = declared?.services.find((one) => one.name === name);
  return service !== undefined && fits(service) ? { digest: service.digest, commit, generation: '', trace: '', body: service.app } : null;
}

function merged({ secrets }: Pick<AppliedApp, 'secrets'>, { body }: Release): AppliedApp['secrets'] {
  return [...new Map([...secrets, ...referencesOf(body)].map((reference) => [reference.name, reference])).values()];
}

/** After a body was sent. */
export function withApplied(known: AppliedApp, applied: Release): AppliedApp {
  return { ...known, applied, secrets: merged(known, applied) };
}

export function saveKnown(tenantId: TenantId, environment: string, service: string, { version }: Pick<Stored<AppliedApp>, 'version'>, value: AppliedApp): Save {
  return { key: appliedKey(tenantId, environment, service), expectedVersion: version, value };
}
