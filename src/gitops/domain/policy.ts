import { z } from 'zod';
import { isError, type Problem } from '../../kernel/problem.ts';
import type { ParsedFile } from './parsed-file.ts';
import { globMatches, isGlob } from './glob.ts';
import { apiVersion } from './kinds/kinds.ts';
import { fault } from './reading/fault.ts';
import { faultsOf } from './reading/issues.ts';
import { locate } from './reading/locate.ts';
import { environmentName } from './values/names.ts';
import { shaped, written } from './values/written.ts';

export const policyPath = '.github/trueup.yml';

const defaultPaths = ['trueup/**'];

const glob = written({ examples: ['trueup/**'] }, (text, refuse) =>
  isGlob(text)
    ? text
    : refuse({
      code: 'invalid-glob',
      message: 'This is not a path pattern',
      expected: 'a path from the root of the repository with *, ** and ?, such as trueup/**',
    }),
);

/** A user by login. A team is not asked about: its members change without a commit. */
const login = shaped(
  { pattern: '^[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?=[A-Za-z0-9])){0,99}$', examples: ['octocat'] },
  { code: 'invalid-login', message: 'This is not the login of a user', expected: 'a login without @, such as octocat; no team' },
);

/** `.github/trueup.yml`: read from the default branch only. */
export const policySchema = z.strictObject({
  apiVersion: shaped({ pattern: '^trueup\\.dev/v1$' }, { code: 'invalid-value', message: 'This is not a version of this language', expected: apiVersion }),
  kind: z.literal('RepositoryPolicy'),
  environments: z
    .record(environmentName, z.strictObject({
      approvers: z.array(login).min(1).max(50).meta({ description: 'Who may roll back, resume and promote to it, besides having write access. Without it everybody with write access may.' }),
    }))
    .default({})
    .meta({ description: 'By name of the environment: who decides about it.' }),
  paths: z.array(glob).min(1).max(50).default(defaultPaths).meta({ description: 'Where the manifests are: every .yaml and .yml file that matches.' }),
});

/** The rules of a repository. */
export interface Policy {
  readonly paths: readonly string[];
  /** By name of the environment. */
  readonly environments: Readonly<Record<string, { readonly approvers: readonly string[] }>>;
}

const defaultPolicy: Policy = { paths: defaultPaths, environments: {} };

export interface PolicyRead {
  readonly policy: Policy;
  readonly problems: readonly Problem[];
}

/** A policy that is wrong is an error, and the default holds meanwhile: half a policy is nobody's wish. */
export function readPolicy(file: ParsedFile | null): PolicyRead {
  if (file === null) return { policy: defaultPolicy, problems: [] };
  const [document, second] = file.documents;
  if (document === undefined) return { policy: defaultPolicy, problems: file.problems };
  const read = policySchema.safeParse(document.value);
  const faults = read.success ? [] : faultsOf(read.error, policySchema, document.value, []);
  const problems = [...file.problems, ...faults.map((found) => locate(document, null, found))];
  if (second !== undefined) problems.push(locate(second, null, fault({ code: 'second-document', path: [], message: 'A policy is one document' })));
  const isWrong = problems.some(isError);
  return { policy: read.success && !isWrong ? { paths: read.data.paths, environments: read.data.environments } : defaultPolicy, problems };
}

/** Logins in lower case; null where everybody with write access decides. */
export function approversOf({ environments }: Policy, environment: string): readonly string[] | null {
  return Object.hasOwn(environments, environment) ? (environments[environment]?.approvers.map((one) => one.toLowerCase()) ?? null) : null;
}

/** Names of the environments whose approvers differ. */
export function approvalChanges(before: Policy, after: Policy): readonly string[] {
  const names = new Set([...Object.keys(before.environments), ...Object.keys(after.environments)]);
  const list = (policy: Policy, name: string): string => approversOf(policy, name)?.toSorted().join(' ') ?? '';
  return [...names].filter((name) => list(before, name) !== list(after, name)).sort();
}

/** Whether a path is a manifest under the policy. */
export function manages(policy: Policy, path: string): boolean {
  return path !== policyPath && /\.ya?ml$/i.test(path) && policy.paths.some((pattern) => globMatches(pattern, path));
}
