import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { messagesByContext } from '../src/kernel/messages/catalogue.ts';

interface Definition {
  readonly role: 'command' | 'event';
  readonly about: string;
  readonly schema: z.ZodType;
}

interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

function typeOf(field: FieldSchema): string {
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(' \\| ');
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ');
  if (field.items) return `list of ${typeOf(field.items)}`;
  if (field.properties) return `{ ${Object.keys(field.properties).join(', ')} }`;
  return field.type ?? 'any';
}

function section([name, { role, about, schema }]: [string, Definition]): string {
  const json = z.toJSONSchema(schema) as FieldSchema & { readonly required?: readonly string[] };
  const rows = Object.entries(json.properties ?? {}).map(([field, type]) => {
    const optional = json.required?.includes(field) ? '' : ' (optional)';
    return `| \`${field}\` | ${typeOf(type)}${optional} |`;
  });
  return [`### ${name}`, '', `${role === 'command' ? 'Command' : 'Event'}. ${about}`, '', '| payload | type |', '|---|---|', ...rows, ''].join('\n');
}

const intro = `# Messages

Generated from \`src/kernel/messages/\` by \`npm run generate\`. Every message travels in the envelope of \`src/kernel/envelope.ts\`:
\`eventId\`, \`eventType\`, \`tenantId\`, \`projectId?\`, \`moduleId?\`, \`traceId\`, \`correlationId\`, \`causationId\`, \`occurredAt\`, \`payload\`.
Commands have one handler, the context under whose heading they stand; events have any number of subscribers.
`;

const body = Object.entries(messagesByContext).map(([context, messages]) =>
  [`## ${context}`, '', ...Object.entries(messages as Record<string, Definition>).map(section)].join('\n'),
);
writeFileSync('docs/messages.md', `${intro}\n${body.join('\n')}`);
