import type { JsonObject } from '../../../kernel/desired-state.ts';
import { ArmError, invalidFields } from './arm-error.ts';
import { listAt, numberAt, objectAt, textAt } from './reading.ts';

/** Weights are whole and sum to 100; an entry names a revision that is there, the one that this write makes, or the latest. */
export function checkTraffic(configuration: JsonObject, template: JsonObject, app: string, revisions: readonly string[]): void {
  const traffic = listAt(objectAt(configuration, 'ingress'), 'traffic');
  if (traffic.length === 0) return;
  const weights = traffic.map((entry) => numberAt(entry, 'weight') ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.some((weight) => weight < 0 || !Number.isInteger(weight)) || total !== 100) {
    throw invalid(`Invalid value: ${total}: traffic weights must be whole numbers that sum to 100`);
  }
  const labels = traffic.map((entry) => textAt(entry, 'label')).filter((label) => label !== null);
  if (new Set(labels).size < labels.length) throw invalid(`Invalid value: "${labels.join(', ')}": a label may be used once`);
  const suffix = textAt(template, 'revisionSuffix');
  const known = new Set([...revisions, ...(suffix === null ? [] : [`${app}--${suffix}`])]);
  for (const entry of traffic) {
    const revision = textAt(entry, 'revisionName');
    if (entry['latestRevision'] === true) continue;
    if (revision === null) throw invalid('Required value: an entry needs revisionName or latestRevision');
    if (!known.has(revision)) throw invalid(`Invalid value: "${revision}": revision not found`);
  }
}

function invalid(details: string): ArmError {
  return new ArmError(400, 'InvalidParameterValueInContainerTemplate', invalidFields([{ field: 'configuration.ingress.traffic', details }]));
}
