import { azureView, type AppView, type AzureView } from './azure-view.ts';
import { maintainerOf, type FinishedCheck, type Maintainer, type OpenedPullRequest } from './maintainer.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';
import { subscription } from './storefront.ts';
import { until } from './until.ts';
import { visitorsOf, type Visitors } from './visitors.ts';

export interface StoryStep {
  readonly name: string;
  readonly title: string;
  /** @throws when it did not happen. */
  readonly run: () => Promise<{ readonly detail: string; readonly url: string | null }>;
}

/** What the steps share: who acts, how they look, and what happened so far. */
export interface Scene {
  readonly stage: Stage;
  readonly narrator: Narrator;
  readonly maintainer: Maintainer;
  readonly azure: AzureView;
  /** Set once it is opened. @throws before. */
  pull(): OpenedPullRequest;
  opened(pull: OpenedPullRequest): void;
  /** The merge commit. @throws before. */
  merged(): string;
  mergedAt(commit: string): void;
  /** The first of the checks, once all have finished, and not before `since` (ISO-8601). @throws when one did not succeed. */
  successful(commit: string, names: readonly string[], since?: string): Promise<FinishedCheck>;
  /** The check once it has finished, however it ended. */
  finished(commit: string, name: string): Promise<FinishedCheck>;
  /** People who use a service from then on, until they leave: the same in the whole story. */
  visitors(environment: string, name: string): Promise<Visitors>;
  /** The container app, once it is as wanted. */
  app(environment: string, name: string, wanted?: (app: AppView) => boolean): Promise<AppView>;
}

const minute = 60_000;

export const groupOf = (environment: string): string => `rg-storefront-${environment}`;

export function sceneOf(stage: Stage, narrator: Narrator): Scene {
  const { github, repository } = stage;
  const maintainer = maintainerOf(github.api, github.token, repository.owner, repository.name);
  const azure = azureView(stage.azure, subscription);
  let pull: OpenedPullRequest | null = null;
  let merged: string | null = null;
  let visited: Visitors | null = null;
  const check = (commit: string, name: string, since: string): Promise<FinishedCheck> =>
    until(`check ${name}`, async () => {
      const found = await maintainer.finishedCheck(commit, name);
      return found && found.completedAt >= since ? found : null;
    }, { withinMs: 4 * minute });
  return {
    stage,
    narrator,
    maintainer,
    azure,
    pull: () => there(pull, 'pull request'),
    opened: (open) => void (pull = open),
    merged: () => there(merged, 'merge'),
    mergedAt: (commit) => void (merged = commit),
    async successful(commit, names, since = '') {
      const checks = await Promise.all(names.map((name) => check(commit, name, since)));
      const failed = checks.find(({ conclusion }) => conclusion !== 'success');
      if (failed) throw new Error(failureText(failed));
      return there(checks[0] ?? null, 'check');
    },
    finished: (commit, name) => check(commit, name, ''),
    async visitors(environment, name) {
      const fqdn = (await azure.app(groupOf(environment), name))?.properties.configuration.ingress?.fqdn;
      visited ??= visitorsOf(stage.azure, there(fqdn ?? null, `address of ${name}`));
      return visited;
    },
    app: (environment, name, wanted = () => true) =>
      until(`${name} in ${environment}`, async () => {
        const found = await azure.app(groupOf(environment), name);
        return found && wanted(found) ? found : null;
      }, { withinMs: 3 * minute }),
  };
}

/** What a check that did not succeed says: its title, the reason, which comes before its tables and lists, and its address. */
export function failureText({ title, conclusion, summary, url }: FinishedCheck): string {
  const reason = summary.split('\n').find((line) => /^[^|<\s-]/.test(line)) ?? '';
  const plain = reason.replaceAll(/\]\([^)]*\)|[*`[\]\\❌]/gu, '').trim();
  return `${title} (${conclusion})${plain === '' ? '' : `: ${plain}`} ${url}`;
}

function there<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`there is no ${what}`);
  return value;
}
