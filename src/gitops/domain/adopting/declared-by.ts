import type { DesiredService } from '../../../kernel/desired-state.ts';
import { compile, type Compiled } from '../compile/compile.ts';
import type { ParsedFile } from '../parsed-file.ts';
import type { FieldChange } from './field-change.ts';

const compiledFiles = new WeakMap<readonly ParsedFile[], Compiled>();

/** What Git declares, compiled once: files do not change. */
export function declaredBy(files: readonly ParsedFile[]): Compiled {
  const known = compiledFiles.get(files) ?? compile(files);
  compiledFiles.set(files, known);
  return known;
}

/** Environments in which a document counts: those in which a service runs that names it. */
export function concerned(files: readonly ParsedFile[], { kind, name }: Pick<FieldChange, 'kind' | 'name'>): ReadonlySet<string> {
  const uses = (one: DesiredService): boolean =>
    (kind === 'RuntimeService' && one.name === name) ||
    (kind === 'ScalingPolicy' && one.scalingPolicy === name) ||
    (kind === 'RuntimeConfiguration' && one.configuration === name) ||
    (kind === 'SecretBinding' && one.secrets.includes(name));
  return new Set(declaredBy(files).environments.filter(({ services }) => services.some(uses)).map((one) => one.name));
}
