import { join } from 'node:path';
import type { Stage } from './stage.ts';

/** How to drive everything from outside. */
export function addressesOf({ github, repository, azure, botUrl, directory, redis }: Stage): object {
  return {
    github: { api: github.api, clone: cloneUrl(repository.cloneUrl, github.token), repository: `${repository.owner}/${repository.name}`, token: github.token, url: github.url },
    azure: { arm: azure.arm, caFile: azure.caFile, token: azure.token, subscription: azure.subscription },
    trueup: { url: botUrl },
    redis: { url: redis.url },
    directory,
  };
}

/** With the token in it, so that plain git needs to be told nothing else. */
function cloneUrl(url: string, token: string): string {
  const address = new URL(url);
  address.username = 'maintainer';
  address.password = token;
  return address.href;
}

/** The same for people. */
export function playground({ github, repository, azure, directory, redis }: Stage): readonly string[] {
  return [
    '',
    `Everything keeps running until Ctrl-C (or: kill ${process.pid}). To play with it:`,
    `  git clone ${cloneUrl(repository.cloneUrl, github.token)}`,
    '  change a manifest on a branch, push it, and open a pull request:',
    `  curl -s -H 'authorization: Bearer ${github.token}' ${github.api}/repos/${repository.owner}/${repository.name}/pulls -d '{"title":"Try","head":"BRANCH","base":"main"}'`,
    `  look at it: ${repository.htmlUrl}`,
    '  and at Azure, whose addresses want this token and this certificate:',
    `  curl -s --cacert ${azure.caFile} -H 'authorization: Bearer ${azure.token}' '${azure.arm}/subscriptions/${azure.subscription}/resourceGroups/rg-storefront-prod/providers/Microsoft.App/containerApps?api-version=2026-07-01'`,
    `  dead letters: REDIS_URL=${redis.url} ${join(import.meta.dirname, '../../../bin/trueup')} jobs`,
    `  logs and files: ${directory}`,
  ];
}
