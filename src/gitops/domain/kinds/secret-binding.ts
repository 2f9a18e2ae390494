import { z } from 'zod';
import { identityName, vaultName, vaultSecretName, vaultSecretVersion } from '../values/azure-names.ts';
import { duration } from '../values/units.ts';
import { variableName } from '../values/variables.ts';
import { warning, type Fault } from '../reading/fault.ts';
import type { Readable } from '../reading/readable.ts';
import type { Kind } from './kind.ts';
import { metadata } from './metadata.ts';

const spec = z.strictObject({
  env: variableName.meta({ description: 'Environment variable that holds the value.' }),
  vault: vaultName,
  secret: vaultSecretName,
  version: vaultSecretVersion.optional().meta({
    description: 'Version of the secret. Pinned, rotation is a commit; left out, Azure follows the latest version and restarts the service by itself.',
  }),
  identity: identityName,
  rotation: z
    .strictObject({ maxAge: duration({ min: '1d', max: '3650d' }) })
    .optional()
    .meta({ description: 'How old the version may become.' }),
});

export type SecretBindingSpec = z.infer<typeof spec>;

export const secretBinding: Kind<SecretBindingSpec> = {
  about: 'Binds an environment variable to a Key Vault secret, by reference: Trueup never reads the value.',
  metadata: metadata({ project: true }),
  spec,
  environments: 'differences',
  check: checkVersion,
  example: `apiVersion: trueup.dev/v1
kind: SecretBinding
metadata: { name: payments-api-key, tenant: contoso, project: storefront }
spec:
  env: PAYMENTS_API_KEY
  vault: kv-storefront
  secret: payments-api-key
  version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081
  identity: id-storefront
  rotation: { maxAge: 90d }
`,
};

function checkVersion({ version }: Readable<SecretBindingSpec>): readonly Fault[] {
  if (version === undefined) {
    return [
      warning({
        code: 'secret-not-pinned',
        path: ['spec', 'secret'],
        message: 'The version of the secret is not pinned: Azure follows the latest one within 30 minutes and restarts the service by itself',
        expected: '`version`: 32 hexadecimal digits',
        hint: 'Pin it, so that a rotation is a commit that can be seen and taken back',
      }),
    ];
  }
  if (version === null || version.length === 32) return [];
  const message = `Versions of Key Vault secrets have 32 hexadecimal digits, this one has ${version.length}`;
  return [warning({ code: 'secret-version-short', path: ['spec', 'version'], message, hint: 'Write the whole version; a part of it is not found' })];
}
