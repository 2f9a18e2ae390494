import { providerBudget } from '../http/limits.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { ArmError } from './arm-error.ts';
import { locationNames } from './locations.ts';
import { textAt } from './reading.ts';

const stable = ['2022-03-01', '2022-10-01', '2023-05-01', '2024-03-01', '2025-01-01', '2025-07-01', '2026-01-01', '2026-07-01'];
const previews = ['2022-06-01-preview', '2022-11-01-preview', '2023-04-01-preview', '2023-05-02-preview', '2023-08-01-preview', '2023-11-02-preview', '2024-02-02-preview', '2024-08-02-preview', '2024-10-02-preview', '2025-02-02-preview', '2025-10-02-preview', '2026-03-02-preview'];
const versions = [...stable, ...previews].sort();
const supported = versions.join(', ');

/** What a version of the API shows; seen in recorded traffic of 2024-02-02-preview, 2024-03-01 and 2025-01-01 (facts/azure.md A1.6). */
export interface ApiVersion {
  readonly name: string;
  readonly preview: boolean;
  /** `identitySettings` and `runtime`, and the environment's newer fields. */
  readonly identitySettings: boolean;
  /** `cooldownPeriod` and `pollingInterval`. */
  readonly scaleTimes: boolean;
}

export function apiVersionOf(request: AzureRequest): ApiVersion {
  const name = request.query.get('api-version') ?? '2026-07-01';
  const preview = name.endsWith('-preview');
  return { name, preview, identitySettings: preview || name > '2024-03-01', scaleTimes: name >= '2025-01-01' };
}

/** @throws ArmError for a version that the provider never had; Resource Manager says so before it asks the provider. */
export function checkVersion({ query, segments, body }: AzureRequest): void {
  const version = query.get('api-version') ?? '';
  if (versions.includes(version)) return;
  const type = segments.find((_, index) => segments[index - 1]?.toLowerCase() === 'microsoft.app') ?? '';
  const message =
    `No registered resource provider found for location '${textAt(body, 'location') ?? ''}' and API version '${version}' for type '${type}'. ` +
    `The supported api-versions are '${supported}'. The supported locations are '${locationNames.join(', ')}'.`;
  throw new ArmError(400, 'NoRegisteredProviderFound', message, false);
}

/** The headers that the resource provider puts on an answer of its own. Usages are counted by a service behind it, which names no versions [wire]. */
export function fromProvider({ method, path }: AzureRequest, answer: AzureAnswer): AzureAnswer {
  // Says how many more writes of apps and environments the provider takes, whether it took this one or not [wire].
  const isCounted = (method === 'PUT' || method === 'PATCH') && /\/(containerApps|managedEnvironments)\/[^/]+$/i.test(path);
  return {
    ...answer,
    headers: {
      'cache-control': 'no-cache',
      ...(!path.toLowerCase().endsWith('/usages') && { 'api-supported-versions': supported }),
      ...(isCounted && { [providerBudget]: '199' }),
      ...answer.headers,
    },
  };
}
