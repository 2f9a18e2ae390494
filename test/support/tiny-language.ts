import { commitReader, type CommitReader } from '../../src/gitops/desired/commit-reader.ts';
import type { ManifestLanguage, Policy } from '../../src/gitops/desired/language.ts';
import type { ParsedFile } from '../../src/gitops/domain/parsed-file.ts';
import type { ManifestParser, ParsedFileCache, RepositoryReader } from '../../src/gitops/ports.ts';
import type { DesiredEnvironment } from '../../src/kernel/desired-state.ts';
import type { DocumentRef, Problem } from '../../src/kernel/problem.ts';

type Lists = Partial<Pick<DesiredEnvironment, 'services' | 'configurations' | 'secrets' | 'scaling' | 'bindings' | 'invalid'>>;
type Entry = { readonly environment: DesiredEnvironment } | ({ readonly into: string } & Lists) | { readonly wrong: DocumentRef; readonly says?: string };

/** A file of the tiny language: desired state as JSON, so that a test of what is done with manifests needs no manifest. */
export function manifest(...entries: readonly Entry[]): string {
  return JSON.stringify(entries);
}

export const unreadable = 'this: [is no manifest';

export const tinyPolicyPath = '.github/trueup.yml';

/** `paths` is a folder. */
export function tinyPolicy(folder: string, environments: Policy['environments'] = {}): string {
  return JSON.stringify([{ folder, environments }]);
}

/** A commit reader of the tiny language over memory caches. */
export function tinyCommits(repository: RepositoryReader): CommitReader {
  return commitReader({ repository, parser: jsonParser, parsed: memoryParsed() }, tinyLanguage);
}

const tinyLanguage: ManifestLanguage = {
  maxBytes: 1 << 20,
  policyPath: tinyPolicyPath,
  pathProblem: ({ path, mode }) => (mode === '100644' ? null : problemAt(path, 'not-a-file', 'This is not a file', null)),
  readPolicy(file) {
    const value = file?.documents[0]?.value as { folder?: string; environments?: Policy['environments'] } | undefined; // what `tinyPolicy` wrote
    // The policy is opaque to everything that holds it; this language is the only one that looks inside.
    return { policy: { folder: value?.folder ?? 'trueup/', environments: value?.environments ?? {} } as unknown as Policy, problems: file?.problems ?? [] };
  },
  manages: (policy, path) => path.startsWith((policy as unknown as { folder: string }).folder) && path.endsWith('.yaml'),
  compile(files) {
    const entries = files.flatMap((file) => file.documents.map(({ value }) => ({ path: file.path, entry: value as Entry })));
    const environments = new Map(entries.flatMap(({ entry }) => ('environment' in entry ? [[entry.environment.name, entry.environment] as const] : [])));
    for (const { entry } of entries) {
      const environment = 'into' in entry ? environments.get(entry.into) : undefined;
      if ('into' in entry && environment !== undefined) environments.set(entry.into, joined(environment, entry));
    }
    const wrong = entries.flatMap(({ path, entry }) => ('wrong' in entry ? [problemAt(path, 'wrong', entry.says ?? 'This is wrong', entry.wrong)] : []));
    return { environments: [...environments.values()], problems: [...files.flatMap(({ problems }) => problems), ...wrong], documents: entries.length };
  },
};

function joined(environment: DesiredEnvironment, lists: Lists): DesiredEnvironment {
  const both = <T>(key: keyof Lists): readonly T[] => [...(environment[key] as readonly T[]), ...((lists[key] ?? []) as readonly T[])];
  return {
    ...environment,
    bindings: both('bindings'),
    services: both('services'),
    configurations: both('configurations'),
    secrets: both('secrets'),
    scaling: both('scaling'),
    invalid: both('invalid'),
  };
}

function problemAt(file: string, code: string, message: string, document: DocumentRef | null): Problem {
  return { severity: 'error', code, message, expected: null, hint: null, location: { file, line: 3, column: 1, endLine: 3 }, path: '', document };
}

const jsonParser: ManifestParser = {
  async parse(path, bytes): Promise<ParsedFile> {
    const location = { file: path, line: 1, column: 1, endLine: 1 };
    try {
      const values = JSON.parse(new TextDecoder().decode(bytes)) as unknown[];
      return { path, documents: values.map((value) => ({ value, location, places: {} })), problems: [] };
    } catch {
      const problem = problemAt(path, 'not-yaml', 'The file cannot be read', null);
      return { path, documents: [], problems: [{ ...problem, location, document: null }] };
    }
  },
};

export function memoryParsed(): ParsedFileCache {
  const files = new Map<string, ParsedFile>();
  const key = (tenant: string, { path, blob }: { path: string; blob: string }): string => `${tenant} ${path} ${blob}`;
  return {
    load: async (tenant, keys) => keys.map((one) => files.get(key(tenant, one)) ?? null),
    async save(tenant, entries) {
      for (const [one, file] of entries) files.set(key(tenant, one), file);
    },
  };
}
