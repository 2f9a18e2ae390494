import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { environmentSchema } from '../src/config.ts';

interface Variable {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
}

const json = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' }) as { readonly properties: Readonly<Record<string, Variable>>; readonly required?: readonly string[] };

function row([name, { description, default: fallback, enum: words }]: [string, Variable]): string {
  const need = json.required?.includes(name) ? '**required**' : fallback === undefined ? '' : `\`${String(fallback)}\``;
  const choices = words ? ` One of ${words.map((word) => `\`${word}\``).join(', ')}.` : '';
  return `| \`${name}\` | ${need} | ${description ?? ''}${choices} |`;
}

writeFileSync(
  'docs/configuration.md',
  `# Configuration

Generated from \`src/config.ts\` by \`npm run generate\`. Everything comes from the environment; whatever is missing or wrong is said at start, all of it at once.

| variable | default | |
|---|---|---|
${Object.entries(json.properties).map(row).join('\n')}

## Bounds of a process

Start Trueup with a bound on its memory, \`NODE_OPTIONS=--max-old-space-size=1024\` (MiB, as the \`Dockerfile\` does), below what the container or the machine gives it, and let
something start it again whenever it ends: work that fills the memory, aborts the process or stands still for \`TRUEUP_BLOCKED_MS\` ends its process. Such a crash is counted
against what ran. It is tried again alone, and what ended three processes is held back: \`trueup/quarantine\` tells it on the commit, \`trueup jobs\` lists it, and
\`trueup jobs retry ID\` tries it again. Where a worker took no job since the last look, \`TRUEUP_CANARY_MS\` ago, it has to take one of its own; one that takes none at five looks while Redis answers ends its process with exit code 1.

## Grants

\`TRUEUP_GRANTS_FILE\` is the operator's word on what a tenant may touch. Manifests cannot widen it, and what it does not name is refused.

\`\`\`json
{
  "tenants": [
    {
      "installation": 1005,
      "repository": 1004,
      "tenant": "contoso",
      "subscriptions": ["00000000-0000-0000-0000-000000000000"],
      "resourceGroups": ["rg-storefront-*"],
      "vaults": ["kv-storefront"],
      "workspaces": ["00000000-0000-0000-0000-000000000000"],
      "gateHosts": ["gates.contoso.example", "*.checks.contoso.example"]
    }
  ]
}
\`\`\`

\`installation\` and \`repository\` are GitHub's numeric ids, because names can be taken over by somebody else. The id of a repository is shown by
\`gh api repos/OWNER/NAME --jq .id\`, that of an installation stands in the address of its settings page.

A vault that two tenants are granted, in whatever repositories, is shared: each may bind only secrets whose names start with its own slug and a hyphen, and who is
bound as a silo may not use it at all. \`workspaces\` and \`gateHosts\` are for gates and may be left out: ids of Log Analytics workspaces that the tenant's queries read, and host
names of systems of its own that are asked, each exactly or with \`*.\` for every name below. A resource group belongs to one environment, of whatever repository: the first that is provisioned there.

## Rights in Azure

The identity that Trueup runs under needs, for the resource groups of its grants:

| role | where | for |
|---|---|---|
| Contributor | the resource groups, or the subscription when Trueup is to create them | environments, apps, identities; requests by revision, for gates and health |
| Monitoring Reader, or Contributor there | the subscription | the Activity Log: who changed what, and a look within a minute. Without it drift is found by the next scan, and named is only who wrote an app last |
| Log Analytics Reader | the workspaces of gates that query logs | the number that a query answers |
| Key Vault Reader | the vaults | metadata of secret versions; it cannot read a value |
| Role Based Access Control Administrator, limited to Key Vault Secrets User | the vaults | letting a workload's identity read its secrets; without it Trueup says what a person must assign |
`,
);
