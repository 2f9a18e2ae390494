import * as z from 'zod';
import type { Grant, Grants, OtherGrant } from '../../contexts/tenant-isolation/ports.ts';
import { tenantScope, type TenantId } from '../../kernel/ids.ts';

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a tenant slug: lower-case letters, digits and hyphens');
const githubId = z.union([z.int().positive(), z.literal('*')], 'expected a numeric id of GitHub or "*"');
const guid = (what: string) => z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, `expected the id of a ${what}`);
const nameOrPrefix = z.string().regex(/^[\w().-]+\*?$/, 'expected a name, or a prefix that ends in *');
/** At least two labels below a star: nobody is granted a whole top-level domain. */
const hostName = z.string().regex(/^(\*\.[a-z0-9-]+\.|)([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/, 'expected a host name in lower case, or "*." and the name that it is below');

const entrySchema = z.strictObject({
  installation: githubId,
  repository: githubId,
  tenant: slug,
  subscriptions: z.array(guid('subscription')).min(1),
  resourceGroups: z.array(nameOrPrefix),
  vaults: z.array(nameOrPrefix),
  workspaces: z.array(guid('workspace')).default([]),
  gateHosts: z.array(hostName).default([]),
});
type Entry = z.infer<typeof entrySchema>;

/**
 * `*` for an installation or a repository gives the grant to whoever names that tenant in any repository that installs the app: one name in
 * somebody else's manifest would be enough. It is off unless the file says so, which suits a machine of one's own, like the demo's.
 */
const fileSchema = z
  .strictObject({ allowAnyRepository: z.boolean().default(false), tenants: z.array(entrySchema) })
  .superRefine((file, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of file.tenants.entries()) {
      const key = keyOf(entry.installation, entry.repository, entry.tenant);
      if (seen.has(key)) context.addIssue({ code: 'custom', path: ['tenants', index], message: 'this tenant was granted before' });
      seen.add(key);
      if (file.allowAnyRepository) continue;
      for (const field of ['installation', 'repository'] as const) {
        if (entry[field] === '*') context.addIssue({ code: 'custom', path: ['tenants', index, field], message: '"*" needs "allowAnyRepository": true' });
      }
    }
  });

/** @throws {Error} that names `file` and every path in it that is wrong. */
export function readGrants(text: string, file: string): Grants {
  const parsed = fileSchema.safeParse(jsonOf(text, file));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || '(the whole file)'}: ${message}`);
    throw new Error(`${file} is not a grants file:\n${faults.join('\n')}`);
  }
  const entries = new Map(parsed.data.tenants.map((entry) => [keyOf(entry.installation, entry.repository, entry.tenant), entry]));
  return { of: (tenant) => grantOf(entries, tenant), others: (tenant) => othersOf(parsed.data.tenants, tenant) };
}

/** The entry that names the repository counts alone; what holds for any repository does not add to it. */
function grantOf(entries: ReadonlyMap<string, Entry>, id: TenantId): Grant | null {
  const { installationId, repositoryId, tenant } = tenantScope(id);
  if (repositoryId === null || tenant === null) return null;
  const keys = [keyOf(installationId, repositoryId, tenant), keyOf(installationId, '*', tenant), keyOf('*', repositoryId, tenant), keyOf('*', '*', tenant)];
  for (const key of keys) {
    const entry = entries.get(key);
    if (entry) return granted(entry);
  }
  return null;
}

function granted({ subscriptions, resourceGroups, vaults, workspaces, gateHosts }: Entry): Grant {
  return { subscriptions, resourceGroups, vaults, workspaces, gateHosts };
}

/** An entry for any repository is of one tenant: with the switch the operator has said that the name alone is who it is. */
function othersOf(entries: readonly Entry[], id: TenantId): OtherGrant[] {
  const { installationId, repositoryId, tenant } = tenantScope(id);
  const isFor = (entry: Entry) => entry.tenant === tenant && [installationId, '*'].includes(entry.installation) && [repositoryId, '*'].includes(entry.repository);
  return entries.filter((entry) => !isFor(entry)).map(({ tenant: slug, vaults }) => ({ tenant: slug, vaults }));
}

function keyOf(installation: number | '*', repository: number | '*', tenant: string): string {
  return `${installation}.${repository}.${tenant}`;
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON`);
  }
}
