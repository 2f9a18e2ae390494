import { z } from 'zod';
import { didYouMean } from '../../gitops/domain/values/nearest.ts';
import { locationNames, locationOf } from '../../local/azure/apps/locations.ts';
import { logAnswer } from '../../local/azure/logs/log-store.ts';
import { eventNames, permissionNames } from '../../local/github/world.ts';
import { httpAddress, isHttpAddress } from './address.ts';
import { isPaceName, paceKeys, paceNames } from './pace.ts';

/** A text of a form, with words for a person who wrote it otherwise. */
function text(pattern: RegExp, what: string, expected: string): z.ZodString {
  return z.string().refine((value) => pattern.test(value), { message: `This cannot be ${what}`, params: { expected, hint: 'Write another one' } });
}

const guidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const subscriptionId = text(guidShape, 'a subscription', 'a GUID, such as 00000000-0000-4000-8000-000000000000');
const workspaceId = text(guidShape, 'a workspace', 'the GUID that clients ask for, such as 00000000-0000-4000-8000-000000000000');
const groupName = text(/^[\w().-]{0,89}[\w()-]$/, 'a resource group', 'letters, digits and ._-(), not ending in a dot, 90 at most');
const vaultName = text(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/i, 'the name of a vault', '3 to 24 letters, digits and hyphens, starting with a letter');
const secretName = text(/^[0-9a-zA-Z-]{1,127}$/, 'the name of a secret', 'letters, digits and hyphens, 127 at most');
const identityName = text(/^[a-z0-9][a-z0-9_-]{2,127}$/i, 'the name of an identity', '3 to 128 letters, digits, hyphens and underscores');
const repositoryName = text(/^(?!.*\.git$)[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/, 'the name of a repository', 'letters, digits and ._-, 100 at most, not ending in .git');
const login = text(/^(?!(?:acme|mona)$)[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i, 'a login', 'letters, digits and single hyphens, 39 at most; acme is the organization and mona its admin');
const httpUrl = z.string().refine(isHttpAddress, { message: 'This is no address', params: { expected: httpAddress, hint: 'Write it with http:// or https:// in front, or leave the webhook out' } });
const path = text(/^(?!\/)(?!.*(^|\/)(\.\.?|\.git)?(\/|$))[^\0]+$/i, 'a file of the repository', 'a path inside the repository, such as trueup/app.yaml');
const location = z
  .string()
  .transform((written, context) => {
    const region = locationOf(written);
    if (region === null) context.addIssue({ code: 'custom', message: 'Azure has no such region', params: { expected: 'a region, such as westeurope', hint: didYouMean(written, locationNames) ?? `The regions are ${locationNames.join(', ')}` } });
    return region ?? z.NEVER;
  })
  .default('westeurope');
const tags = z.record(z.string(), z.string()).default({});

const version = z.strictObject({
  version: text(/^[0-9a-f]{32}$/, 'a version of a secret', '32 hexadecimal digits').optional(),
  value: z.string(),
  enabled: z.boolean().default(true),
  expiresOn: z.string().refine((value) => Number.isFinite(Date.parse(value)), { message: 'This is not a moment', params: { expected: 'ISO-8601, such as 2030-01-01T00:00:00Z', hint: 'Write it so, or leave it out for a version that does not expire' } }).nullable().default(null),
});

const secret = z
  .strictObject({ name: secretName, value: z.string().optional(), versions: z.array(version).min(1).optional() })
  .refine(({ value, versions }) => (value === undefined) !== (versions === undefined), { message: 'A secret has either one value or several versions', params: { expected: '`value`, or `versions`', hint: 'Give exactly one of the two' } });

const paceSettings = z.strictObject(Object.fromEntries(paceKeys.map((key) => [key, z.int().min(0).optional()])));

// Settings come first: of two ways that are equally near, the first says what is wrong.
const pace = z.union([
  paceSettings,
  z.unknown().refine(isPaceName, { abort: true, message: 'There is no such pace', params: { expected: `${paceNames.join(', ')}, or a mapping such as { operationMs: 200 }`, hint: `The times that a mapping may have are ${paceKeys.join(', ')}` } }).pipe(z.enum(paceNames)),
]);

const azureSeed = z.strictObject({
  subscription: subscriptionId.optional(),
  pace: pace.optional(),
  resourceGroups: z.array(z.strictObject({ name: groupName, location, tags })).default([]),
  vaults: z.array(z.strictObject({ name: vaultName, resourceGroup: groupName.default('rg-shared'), location, secrets: z.array(secret).default([]) })).default([]),
  identities: z.array(z.strictObject({ name: identityName, resourceGroup: groupName.default('rg-shared'), location, tags })).default([]),
  workspaces: z.array(z.strictObject({ id: workspaceId, resourceGroup: groupName.default('rg-shared'), answers: z.array(logAnswer.omit({ workspace: true })).default([]) })).default([]),
});

const githubSeed = z.strictObject({
  app: z
    .strictObject({
      id: z.int().min(1).optional(),
      slug: login.optional(),
      events: z.array(z.enum(eventNames)).optional(),
      permissions: z.partialRecord(z.enum(permissionNames), z.enum(['read', 'write'])).optional(),
    })
    .default({}),
  webhook: z.strictObject({ url: httpUrl, secret: z.string().min(1).optional() }).nullable().default(null),
  users: z.array(z.strictObject({ login, permission: z.enum(['admin', 'write', 'read']) })).default([]),
  repositories: z
    .array(z.strictObject({ name: repositoryName, files: z.record(path, z.string()).default({}), folder: z.string().min(1).optional() }))
    .default([]),
});

/** What the local clouds hold before anybody comes. A cloud that is not mentioned has something small to begin with. */
export const seedSchema = z.strictObject({ azure: azureSeed.optional(), github: githubSeed.optional() });

export type Seed = z.infer<typeof seedSchema>;
export type AzureSeed = z.infer<typeof azureSeed>;
export type GithubSeed = z.infer<typeof githubSeed>;

/** The first things in a list that are there already, by their place in it; names compare without case. */
export function repeatedNames(names: readonly string[]): readonly number[] {
  const lower = names.map((name) => name.toLowerCase());
  return lower.flatMap((name, index) => (lower.indexOf(name) < index ? [index] : []));
}
