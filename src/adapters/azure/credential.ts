import type https from 'node:https';
import { ManagedIdentityCredential, WorkloadIdentityCredential, type TokenCredential } from '@azure/identity';
import { directHttpClient, loginHttpClient } from './route.ts';

export type AzureCredentialKind =
  /** Null: the system-assigned identity. On Container Apps a user-assigned one must be named. */
  | { readonly kind: 'managed-identity'; readonly clientId: string | null }
  | { readonly kind: 'workload-identity'; readonly tenantId: string; readonly clientId: string; readonly tokenFile: string };

const retryOptions = { maxRetries: 0 };

/** One credential, named: a default chain would take the first of eight that happens to be around, a developer's login among them. */
export function azureCredential(credential: AzureCredentialKind, agent: https.Agent): TokenCredential {
  switch (credential.kind) {
    case 'managed-identity':
      // The identity endpoint is plain http on the host itself, at an address that the platform gave: no route, no pinning.
      return credential.clientId === null
        ? new ManagedIdentityCredential({ httpClient: directHttpClient(), retryOptions })
        : new ManagedIdentityCredential({ clientId: credential.clientId, httpClient: directHttpClient(), retryOptions });
    case 'workload-identity':
      return new WorkloadIdentityCredential({
        tenantId: credential.tenantId,
        clientId: credential.clientId,
        tokenFilePath: credential.tokenFile,
        httpClient: loginHttpClient(agent),
        // Discovery asks a third host about an authority that is fixed here.
        disableInstanceDiscovery: true,
        retryOptions,
      });
  }
}

/** Tells each token before anybody can use it. */
export function tellingTokens(credential: TokenCredential, onToken: (token: string) => void): TokenCredential {
  return {
    async getToken(scopes, options) {
      const given = await credential.getToken(scopes, options);
      if (given !== null) onToken(given.token);
      return given;
    },
  };
}
