import type { DesiredEnvironment, DesiredService } from '../../kernel/desired-state.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { SourceLocation } from '../../kernel/problem.ts';
import { placeless } from '../desired/standing.ts';

/** Every file that says something about the environment. */
export function filesOf(environment: DesiredEnvironment | undefined): ReadonlySet<string> {
  return new Set(allParts(environment).map(({ file }) => file));
}

/** What a file says of the environment: the same as long as it says the same. */
export function saidByFile(environment: DesiredEnvironment | undefined, file: string): string {
  return saidIn(allParts(environment), file);
}

export function serviceIn(environment: DesiredEnvironment | undefined, name: string): DesiredService | null {
  return environment?.services.find((service) => service.name === name) ?? null;
}

/** The files that declare a service and what it names. */
export function filesOfService(environment: DesiredEnvironment | undefined, name: string): ReadonlySet<string> {
  return new Set(partsOf(environment, name).map(({ file }) => file));
}

/** What a file says of a service and of what it names: the same as long as it says the same. */
export function saidOf(environment: DesiredEnvironment | undefined, name: string, file: string): string {
  return saidIn(partsOf(environment, name), file);
}

function saidIn(parts: readonly Part[], file: string): string {
  return parts.flatMap((part) => (part.file === file ? [part.says] : [])).sort().join(' ');
}

/** What one document says, as a hash. */
interface Part {
  readonly file: string;
  readonly says: string;
}

function partsOf(environment: DesiredEnvironment | undefined, name: string): readonly Part[] {
  const service = serviceIn(environment, name);
  if (environment === undefined || service === null) return [];
  const { configurations, secrets, scaling } = environment;
  const named = [...secrets.filter((one) => service.secrets.includes(one.name)), ...scaling.filter((one) => one.name === service.scalingPolicy)];
  return [partOf(service), ...configurations.filter((one) => one.name === service.configuration).map(partOf), ...named.map(partOf)];
}

function allParts(environment: DesiredEnvironment | undefined): readonly Part[] {
  if (environment === undefined) return [];
  const { bindings, services, configurations, secrets, scaling, ...itself } = environment;
  return [itself, ...bindings, ...services, ...configurations, ...secrets, ...scaling].map(partOf);
}

function partOf(document: { readonly source: SourceLocation }): Part {
  return { file: document.source.file, says: digestOf(placeless(document)) };
}
