import { sameName } from '../json.ts';

/** The metrics of Microsoft.App/containerapps that are modelled (facts/azure.md A3). Their display names differ. */
export interface MetricDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly primary: Aggregation;
  /** API names, in the order of the service's own messages. */
  readonly dimensions: readonly string[];
}

export const aggregations = ['total', 'average', 'minimum', 'maximum', 'count'] as const;
export type Aggregation = (typeof aggregations)[number];

const definitions: readonly MetricDefinition[] = [
  {
    name: 'Requests',
    displayName: 'Requests',
    description: 'Requests processed',
    primary: 'total',
    dimensions: ['revisionName', 'podName', 'statusCodeCategory', 'statusCode'],
  },
  { name: 'Replicas', displayName: 'Replica Count', description: 'Number of replicas count of container app', primary: 'maximum', dimensions: ['revisionName'] },
  { name: 'RestartCount', displayName: 'Replica Restart Count', description: 'Restart count of container app replicas', primary: 'maximum', dimensions: ['revisionName', 'podName'] },
];

export const metricNames = definitions.map(({ name }) => name);

export function metricDefinition(name: string): MetricDefinition | null {
  return definitions.find((definition) => sameName(definition.name, name)) ?? null;
}
