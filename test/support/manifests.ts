import { kinds, kindNames, type KindName } from '../../src/gitops/domain/kinds/kinds.ts';
import type { ParsedFile } from '../../src/gitops/domain/parsed-file.ts';
import { manifestLanguage } from '../../src/gitops/desired/language.ts';
import { parseFile } from '../../src/gitops/parser/parse-file.ts';

/** A complete set of good manifests, one file per kind and a second environment. Each file is the example of the reference. */
export function goodManifests(): Record<string, string> {
  const files = kindNames.map((kind) => [`trueup/${kind}.yaml`, kinds[kind].example] as const);
  return { ...Object.fromEntries(files), 'trueup/staging.yaml': kinds.RuntimeEnvironment.example.replaceAll('prod', 'staging') };
}

export function fileOf(kind: KindName): string {
  return `trueup/${kind}.yaml`;
}

/** The good manifests with another text in one file. @throws when the file has no such text. */
export function edited(file: string, from: string | RegExp, to: string): Record<string, string> {
  const files = goodManifests();
  const text = files[file] ?? '';
  const becomes = text.replace(from, to);
  if (becomes === text) throw new Error(`${file} has no ${String(from)}`);
  return { ...files, [file]: becomes };
}

export function parsed(files: Readonly<Record<string, string>>): readonly ParsedFile[] {
  return Object.entries(files).map(([path, text]) => parseFile(path, new TextEncoder().encode(text)));
}

export function compiled(files: Readonly<Record<string, string>>) {
  return manifestLanguage.compile(parsed(files));
}
