import type { AzureAnswer, AzureRequest } from '../world.ts';
import { ArmError } from './arm-error.ts';

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
export function checkVersion({ query, segments }: AzureRequest): void {
  const version = query.get('api-version') ?? '';
  if (versions.includes(version)) return;
  const type = segments.find((_, index) => segments[index - 1]?.toLowerCase() === 'microsoft.app') ?? '';
  const message = `No registered resource provider found for location '' and API version '${version}' for type '${type}'. The supported api-versions are '${supported}'.`;
  throw new ArmError(400, 'NoRegisteredProviderFound', message, false);
}

/** The headers that the resource provider puts on every answer of its own. */
export function fromProvider(answer: AzureAnswer): AzureAnswer {
  return { ...answer, headers: { 'cache-control': 'no-cache', 'api-supported-versions': supported, ...answer.headers } };
}

/** Accepted writes also say how many more the provider takes. */
export function acceptedWrite(status: number, headers: Readonly<Record<string, string>>, body?: unknown): AzureAnswer {
  return { status, headers: { 'x-ms-ratelimit-remaining-subscription-resource-requests': '199', ...headers }, ...(body !== undefined && { body }) };
}
