import type { LocalAzure } from '../../local/azure/start.ts';
import type { LocalGitHub } from '../../local/github/start.ts';

/** The settings of docs/configuration.md that lead Trueup, or any program that reads the same ones, to the local clouds. */
export function azureEnvironment({ identity, port, caFile }: Pick<LocalAzure, 'identity' | 'port' | 'caFile'>): Readonly<Record<string, string>> {
  return {
    AZURE_CREDENTIAL: 'managed-identity',
    AZURE_CLIENT_ID: identity.clientId,
    IDENTITY_ENDPOINT: identity.endpoint,
    IDENTITY_HEADER: identity.header,
    AZURE_ROUTE_PORT: String(port),
    AZURE_CA_FILE: caFile,
  };
}

export function githubEnvironment({ app, api }: Pick<LocalGitHub, 'app' | 'api'>, privateKeyFile: string): Readonly<Record<string, string>> {
  return { APP_ID: String(app.id), PRIVATE_KEY_FILE: privateKeyFile, GITHUB_API_URL: api, GITHUB_THROTTLE: 'false' };
}
