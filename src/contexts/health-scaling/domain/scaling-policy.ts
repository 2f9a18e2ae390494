import { z } from 'zod';
import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { mergePatch } from '../../../kernel/comparison/merge-patch.ts';
import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import { isForeign, tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredService, type JsonObject } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

export const scalingPolicy = z.strictObject({
  policy: z.string(),
  /** Of the command that was answered last. */
  generation: z.number().int(),
  /** When the scale was written last, in milliseconds since the epoch; null when never. */
  writtenAt: z.number().nullable(),
  /** Hash of the scale that was written last. */
  wrote: z.string().nullable().default(null),
  /** The write that is intended or under way, `generation` that of the commit whose scale it is. */
  write: z.strictObject({ generation: z.number().int(), since: z.number(), operation: z.string().nullable() }).nullable(),
});

/** The scaling of one service. */
export type ScalingPolicy = z.infer<typeof scalingPolicy>;

export function policyKey(tenantId: TenantId, environment: string, service: string): AggregateKey {
  return { tenantId, type: 'ScalingPolicy', id: `${environment}.${service}` };
}

const scalePath = 'properties.template.scale';

export type ScaleState =
  | { readonly is: 'as-declared' }
  /** Only the scale differs: writing it makes the template what Git declares. */
  | { readonly is: 'otherwise' }
  /** The app carries another release: the deployment that brings this one writes its scale. */
  | { readonly is: 'not-brought' }
  | { readonly is: 'not-ours'; readonly reason: string; readonly needs: string };

interface Place {
  readonly tenantId: TenantId;
  readonly environment: string;
}

/** Whether the app scales as declared, and whether the scale alone may be written. */
export function scaleState({ tenantId, environment }: Place, service: DesiredService, app: ObservedApp): ScaleState {
  // Two environments that name one resource group name the same app, and only the one that deployed it may write it.
  if (isForeign(app, tenantId, environment)) {
    return { is: 'not-ours', reason: 'The container app carries the trueup tags of another environment or repository', needs: `Place ${environment} in a resource group of its own.` };
  }
  if (tagOf(app, tagNames.rolledBack) !== null) {
    return { is: 'not-ours', reason: 'The release that declares this scaling was rolled back, and its scaling with it', needs: `Merge a fix of ${service.name}: its deployment writes the scaling.` };
  }
  const paths = compareThreeWay({ lastApplied: null, desired: service.app, live: app.raw }).map(({ path }) => path);
  const template = paths.filter((path) => path.startsWith('properties.template'));
  if (!template.some((path) => path.startsWith(scalePath))) return { is: 'as-declared' };
  const release = tagOf(app, tagNames.digest);
  if (release !== null && release !== service.digest) return { is: 'not-brought' };
  if (template.every((path) => path.startsWith(scalePath) || path === 'properties.template.revisionSuffix')) return { is: 'otherwise' };
  return { is: 'not-ours', reason: 'More than the scale differs from Git', needs: `Settle the drift of ${service.name} first: a re-apply writes the scale with everything else.` };
}

/** The declared scale under the declared revision's name, with the traffic where it is. */
export function scalePatch(service: DesiredService, app: ObservedApp): JsonObject {
  const latest = app.latestReadyRevision ?? app.latestRevision;
  const pinned = app.traffic.map(({ revision, weight, label }) => ({ revisionName: revision ?? latest, weight, ...(label !== null && { label }) }));
  const ingress = pinned.length > 0 ? { ingress: { traffic: pinned } } : {};
  return { properties: { configuration: { activeRevisionsMode: 'Multiple', ...ingress }, template: { scale: scaleOf(service, app), revisionSuffix: service.revisionSuffix } } };
}

/** With null for what is there and not declared. */
function scaleOf({ app: { properties } }: DesiredService, { raw }: ObservedApp): unknown {
  const onlyScale = (template: unknown) => ({ properties: { template: { scale: fieldsOf(template)['scale'] ?? null } } });
  const patch = mergePatch({ lastApplied: null, desired: onlyScale(properties.template), live: onlyScale(fieldsOf(raw['properties'])['template']) });
  const { template } = fieldsOf(patch['properties']);
  return isObject(properties.template['scale']) ? fieldsOf(template)['scale'] : null;
}
