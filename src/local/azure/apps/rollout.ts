import type { JsonObject } from '../../../kernel/desired-state.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import type { World } from '../world.ts';
import { isSingle, type App, type AppBody } from './app.ts';
import { invalidFields } from './arm-error.ts';
import { defaultMaxInactive } from './configuration.ts';
import { measure } from './measures.ts';
import { random } from './names.ts';
import type { OperationError } from './operations.ts';
import { listAt, numberAt, objectAt, textAt } from './reading.ts';
import { Revision } from './revision.ts';
import { followedSecrets, haveMoved, resolveSecrets } from './secrets.ts';
import type { ServiceBuild } from './service-build.ts';
import type { Timers } from './timers.ts';
import { missingImages } from './workloads/image-tags.ts';
import type { Workloads } from './workloads/workloads.ts';

export interface RolloutParts {
  readonly world: World;
  readonly timers: Timers;
  readonly workloads: Workloads;
}

/** Puts in force what an app's last write asked for. @returns why it could not. */
export function rollOut(parts: RolloutParts, app: App): OperationError | null {
  const body = app.desired;
  const { secrets, faults } = resolveSecrets(parts.world, app, body);
  const same = app.revisions.find((one) => one.name === suffixed(app, body.template));
  const changed = app.latestRevision === null || comparable(body.template) !== comparable(app.latestRevision.template);
  // The same suffix with the same content succeeds and makes nothing (azure-container-apps#650); with other content it is refused (#1278).
  const taken = same !== undefined && comparable(same.template) !== comparable(body.template);
  const makesNew = same === undefined && (changed || textAt(body.template, 'revisionSuffix') !== null);
  const all = [...faults, ...(makesNew ? missingImages(body.template) : []), ...(taken ? [suffixTaken(body.template)] : [])];
  if (all.length > 0) {
    return { code: 'ContainerAppOperationError', message: `Failed to provision revision for container app '${app.name}'. Error details: ${invalidFields(all)}.` };
  }
  if (app.applied !== null && haveMoved(followedSecrets(body), app.secrets, secrets)) app.behindVault = true;
  app.applied = body;
  app.secrets = secrets;
  if (makesNew) createRevision(parts, app, body);
  settleRevisions(app);
  return null;
}

function createRevision({ world, timers, workloads }: RolloutParts, app: App, body: AppBody): void {
  const name = suffixed(app, body.template) ?? nextName(app, world.build);
  app.named += 1;
  const revision = new Revision({
    app: app.name,
    name,
    template: body.template,
    hasIngress: objectAt(body.configuration, 'ingress') !== null,
    timers,
    workloads,
    pace: world.pace,
    onReady: (one) => {
      if (app.latestReady === null || one.createdAt >= app.latestReady.createdAt) app.latestReady = one;
      settleRevisions(app);
    },
    onChange: (one) => measure(world, app, one),
  });
  // The first revision counts as ready as soon as its operation ends, whatever its replicas do [wire].
  app.latestReady ??= revision;
  app.latestRevision = revision;
  app.revisions.push(revision);
  if (app.stopped) app.paused = [...app.paused, revision];
  else revision.activate(app.secrets);
}

/** In Single mode only the latest ready revision and its successor are active; more inactive ones than allowed are forgotten. */
export function settleRevisions(app: App): void {
  if (app.applied === null) return;
  if (isSingle(app.applied)) {
    for (const revision of app.revisions) if (revision !== app.latestRevision && revision !== app.latestReady) revision.deactivate();
  }
  const allowed = numberAt(app.applied.configuration, 'maxInactiveRevisions') ?? defaultMaxInactive;
  const inactive = app.revisions.filter((revision) => !revision.active);
  const surplus = new Set(inactive.slice(0, Math.max(0, inactive.length - allowed)).filter((one) => one !== app.latestRevision && one !== app.latestReady));
  app.revisions = app.revisions.filter((revision) => !surplus.has(revision));
}

function suffixed(app: App, template: JsonObject): string | null {
  const suffix = textAt(template, 'revisionSuffix');
  return suffix === null ? null : `${app.name}--${suffix}`;
}

/** The first name looks random, later ones count [wire]. */
function nextName(app: App, build: ServiceBuild): string {
  const names = new Set(app.revisions.map((one) => one.name));
  for (let count = app.named; ; count += 1) {
    const name = `${app.name}--${count === 0 || !build.laterRevisionsCounted ? random(`${app.id}/${app.createdAt}/${count}`, 7) : String(count).padStart(7, '0')}`;
    if (!names.has(name)) return name;
  }
}

/** A template without what does not make it another one. */
function comparable(template: JsonObject): string {
  const { revisionSuffix: _suffix, ...rest } = template;
  // An image is a finished one unless it says otherwise: said or not, it is the same [wire].
  const containers = listAt(template, 'containers').map(({ imageType, ...one }) => (imageType === undefined || imageType === 'ContainerImage' ? one : { ...one, imageType }));
  return canonicalJson({ ...rest, containers });
}

function suffixTaken(template: JsonObject): { readonly field: string; readonly details: string } {
  const suffix = textAt(template, 'revisionSuffix') ?? '';
  return { field: 'template.revisionsuffix', details: `Invalid value: "${suffix}": revision with suffix ${suffix} already exists` };
}
