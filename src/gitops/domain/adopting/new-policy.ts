import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import { oneReplica } from '../compile/scale.ts';
import { liveScale } from '../importing/live-scale.ts';
import { apiVersion } from '../kinds/kinds.ts';
import type { ParsedFile } from '../parsed-file.ts';
import { concerned } from './declared-by.ts';
import { documentOf, type AboutEdit } from './placing.ts';

/** A ScalingPolicy for a service that has none, in the file of the service. Where it runs in other environments, these keep what they have. */
export function newPolicy(files: readonly ParsedFile[], service: DesiredService, environment: string, goal: JsonObject): readonly AboutEdit[] {
  const document = documentOf(files, 'RuntimeService', service.name);
  if (document === null) return [];
  const isTaken = files.some(({ documents }) => documents.some(({ value }) => fieldsOf(value)['kind'] === 'ScalingPolicy' && fieldsOf(fieldsOf(value)['metadata'])['name'] === service.name));
  const name = isTaken ? `${service.name}-scaling` : service.name;
  const { leftOut: _, rules, ...live } = liveScale(goal);
  const scale = { ...live, ...(rules.length > 0 && { rules }) };
  const isAlone = concerned(files, { kind: 'RuntimeService', name: service.name }).size <= 1;
  const spec = isAlone ? { service: service.name, ...scale } : { service: service.name, replicas: oneReplica, environments: { [environment]: scale } };
  const metadata = { name, tenant: service.tenant, ...(service.project !== null && { project: service.project }) };
  return [{ file: document.location.file, edit: { kind: 'ScalingPolicy', name, create: { apiVersion, kind: 'ScalingPolicy', metadata, spec } }, about: 'properties.template.scale' }];
}
