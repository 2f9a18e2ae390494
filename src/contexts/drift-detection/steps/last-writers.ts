import type { ObservedApp } from '../../../kernel/container-app.ts';
import type { LastWriter } from '../domain/attribution.ts';
import { lastWriterOf } from '../domain/last-writer.ts';
import type { Sighting } from '../domain/runtime-drift-finding.ts';
import type { Scanner } from './scanner.ts';

/** App, lower case, to its last writer that is not us. Only of apps that something was seen at. */
export async function lastWriters({ ports, tenantId, signal }: Scanner, sightings: readonly Sighting[], apps: ReadonlyMap<string, ObservedApp>): Promise<ReadonlyMap<string, LastWriter>> {
  const names = new Set(sightings.filter(({ about }) => about === undefined).map(({ service }) => service.toLowerCase()));
  const written = [...names].flatMap((name) => {
    const app = apps.get(name);
    const writer = app === undefined ? null : lastWriterOf(app);
    return writer === null ? [] : [{ name, writer }];
  });
  const ours = new Map<string, boolean>();
  for (const who of new Set(written.map(({ writer }) => writer.who))) ours.set(who, await ports.activity.isOurs(tenantId, who, signal));
  return new Map(written.filter(({ writer }) => ours.get(writer.who) === false).map(({ name, writer }) => [name, writer]));
}
