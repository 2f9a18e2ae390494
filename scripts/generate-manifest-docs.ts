import { writeFileSync } from 'node:fs';
import { maxAliases, maxDepth, maxEnvironments, maxFileBytes, maxValues } from '../src/gitops/domain/limits.ts';
import { kindNames, kinds, type KindName } from '../src/gitops/domain/kinds/kinds.ts';
import type { Kind } from '../src/gitops/domain/kinds/kind.ts';
import { jsonSchemaOf, specSchema, type JsonSchema } from './manifest-json-schema.ts';

const intro = `# Manifests

Generated from \`src/gitops/domain/kinds/\` by \`npm run generate\`. For editors there is \`schema/trueup.v1.schema.json\`; with the YAML extension of
VS Code, write \`# yaml-language-server: $schema=<its address>\` on top of a file. \`trueup validate\` checks a folder offline, in a terminal or in CI.

## Files

Manifests are the \`.yaml\` and \`.yml\` files under \`trueup/\`, or under the paths that \`.github/trueup.yml\` names:

\`\`\`yaml
apiVersion: trueup.dev/v1
kind: RepositoryPolicy
paths: [trueup/**, teams/*/deploy/**]
\`\`\`

It is read from the default branch only, and may name [who approves commands](commands.md#who-may) in an environment. A file may hold several documents. A kind and name are declared once in a repository.
The order of files and documents means nothing.

## Rules

- **Strict.** What is not understood is an error with its line, and all errors are reported at once. A document that is wrong stops its own service or
  environment: it is neither applied nor taken as removed. Two documents of one name stop each other.
- **Lengths of time** are \`300ms\`, \`5s\`, \`5m\`, \`12h\`, \`90d\`; **memory** is \`512Mi\`, \`1Gi\`; **cores** are numbers; **shares** are \`99.9%\`, and \`">= 99%"\` where the least is meant.
- **YAML 1.2**, core schema: \`no\` and \`on\` are texts. Values of environment variables are texts: put numbers, \`true\` and \`false\` in quotes. Tags, merge keys and
  numbers that are not in plain digits are refused, and so is a file of more than ${maxFileBytes / 1024} KiB, ${maxValues} values, ${maxDepth} levels or ${maxAliases} aliases.
- **Images are pinned**: a tag other than \`latest\`, or a digest. An image of an Azure Container Registry is pulled with the service's identity: \`spec.identity\`, or else
  the first identity of its secrets, by name. It needs AcrPull on the registry. Without any, the registry has to let anybody pull, and there is a warning.
- **No secret value**: a text that looks like one is an error. Bind Key Vault secrets by reference, and pin their version: then a rotation is a commit.
- **Per environment**: an entry in \`spec.environments\` is merged over \`spec\` (JSON merge patch: mappings merge, \`null\` removes, all else replaces), for at most ${maxEnvironments} environments.
- **Tenants**: documents name documents of their own tenant only. A service of another tenant than the environment's owner needs a RuntimeTenantBinding to it.
- **Revisions**: the name of a revision follows from its content, so the same content is never rolled out twice. Another value of the annotation
  \`trueup.dev/reapply\` has a service applied again although nothing else changed, and of \`trueup.dev/reapply.ENVIRONMENT\` in that environment alone.
- **Drift** is what Azure has otherwise than Git declares. \`spec.drift\` of a RuntimeEnvironment says what happens then, place by place:

  \`\`\`yaml
  drift:
    mode: propose
    paths:
      - { path: properties.template.scale.minReplicas, services: [checkout], mode: ignore, reason: the night job sets it }
      - { path: "properties.template.containers[*].env[LOG_LEVEL]", mode: report }
      - { path: tags, mode: heal }
  \`\`\`

  What is ignored is left to somebody else: it is no drift, and no deployment changes it. The tags, the name of revisions, the traffic, the secrets and the image by which Trueup lives
  cannot be. A change of these rows changes nothing in Azure; the plan shows it, and the next scan goes by it.
- **Rollouts**, gates, freezes and promotion have a page of their own: \`docs/rollouts.md\`.
- **Not acted on yet**: what the language has and this version does not act on is checked, and answered with a warning that says what happens instead.
`;

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.properties) return 'mapping';
  if (schema.additionalProperties !== undefined) return 'mapping by name';
  const range = [schema.minimum ?? schema.exclusiveMinimum, schema.maximum];
  const bounds = range.every((bound) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER) ? ` ${range[0]} to ${range[1]}` : '';
  return `${String(schema.type ?? 'any')}${bounds}`;
}

interface Row {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function rowsOf(schema: JsonSchema, path: string): readonly Row[] {
  const entries = Object.entries(schema.properties ?? {}).flatMap(([key, field]): readonly Row[] => {
    const own = { path: `${path}.${key}`, schema: field, required: schema.required?.includes(key) ?? false };
    return key === 'environments' && field.additionalProperties !== undefined ? [own] : [own, ...rowsOf(field, own.path)];
  });
  return schema.items?.properties ? [...entries, ...rowsOf(schema.items, `${path}[]`)] : entries;
}

function notesOf({ description, default: fallback, examples }: JsonSchema): string {
  const isPlain = fallback !== undefined && (typeof fallback !== 'object' || Array.isArray(fallback));
  const parts = [description, isPlain ? `Default: \`${JSON.stringify(fallback)}\`.` : undefined, examples ? `Such as \`${examples.map(String).join('`, `')}\`.` : undefined];
  return parts.filter((part) => part !== undefined).join(' ').replaceAll('|', '\\|');
}

function section(kind: KindName): string {
  const { about, example, metadata, perEnvironment = [] }: Kind = kinds[kind];
  const [spec, whole] = [specSchema(kind), jsonSchemaOf(kinds[kind].spec)];
  const required = [...(whole.required ?? []), ...(spec.required ?? [])];
  const ofOne = Object.fromEntries(Object.entries(whole.properties ?? {}).filter(([key]) => perEnvironment.includes(key)));
  const rows = [...rowsOf(jsonSchemaOf(metadata), 'metadata'), ...rowsOf({ ...spec, required }, 'spec'), ...rowsOf({ properties: ofOne }, 'spec.environments.<name>')];
  const table = rows.map(({ path, schema, required }) => `| \`${path}\`${required ? ' *' : ''} | ${typeOf(schema)} | ${notesOf(schema)} |`);
  return [`## ${kind}`, '', about, '', '```yaml', example.trimEnd(), '```', '', '| Field (* required) | Type | |', '|---|---|---|', ...table, ''].join('\n');
}

writeFileSync('docs/manifests.md', `${intro}\n${kindNames.map(section).join('\n')}`);
