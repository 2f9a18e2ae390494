import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentSchema } from '../../src/config.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Compose {
  readonly services: Readonly<Record<string, { readonly command?: readonly string[]; readonly environment?: Readonly<Record<string, string>>; readonly depends_on?: object }>>;
}

/** Nobody can run a container engine in CI here, so what would fail on first use is checked by reading. */
describe('files for people with Docker', () => {
  const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;

  test('compose: Redis loses nothing that was acknowledged', () => {
    expect(compose.services['redis']?.command?.join(' ')).toContain('--appendonly yes --appendfsync always --maxmemory-policy noeviction');
  });

  test.each(['web', 'worker'])('compose: %s is a role of the entry point, waits for Redis and sets only what is read', (name) => {
    const service = compose.services[name];
    expect(service?.command).toEqual([name]);
    expect(service?.depends_on).toEqual({ redis: { condition: 'service_healthy' } });
    const names = Object.keys(service?.environment ?? {});
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((variable) => !Object.hasOwn(environmentSchema.shape, variable))).toEqual([]);
  });

  test('.env.example names only variables that are read, and together with compose all that are required', () => {
    const given = read('.env.example').split('\n').flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);
    expect(given.filter((name) => !Object.hasOwn(environmentSchema.shape, name))).toEqual([]);
    const all = new Set([...given, ...Object.keys(compose.services['web']?.environment ?? {})]);
    const required = Object.entries(environmentSchema.shape).filter(([, schema]) => !schema.safeParse(undefined).success).map(([name]) => name);
    expect(required.filter((name) => !all.has(name))).toEqual([]);
  });

  test('Dockerfile: everything that it copies is there and let through', () => {
    const copied = read('Dockerfile').split('\n').filter((line) => line.startsWith('COPY ')).flatMap((line) => line.split(' ').slice(1, -1));
    const allowed = read('.dockerignore').split('\n').flatMap((line) => (line.startsWith('!') ? line.slice(1) : []));
    expect(copied.length).toBeGreaterThan(3);
    expect(copied.filter((file) => !existsSync(join(root, file)) || !allowed.includes(file))).toEqual([]);
  });
});
