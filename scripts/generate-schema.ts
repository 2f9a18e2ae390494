import { mkdirSync, writeFileSync } from 'node:fs';
import { languageSchema } from './manifest-json-schema.ts';

mkdirSync('schema', { recursive: true });
writeFileSync('schema/trueup.v1.schema.json', `${JSON.stringify(languageSchema(), null, 2)}\n`);
