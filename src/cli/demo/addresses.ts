import { join } from 'node:path';
import type { Panel } from '../../local/panel/panel.ts';
import type { Stage } from './stage.ts';

/** How to drive everything from outside. */
export function addressesOf({ github, repository, azure, botUrl, directory, redis, panel }: Stage): object {
  return {
    github: { api: github.api, clone: cloneUrl(repository.cloneUrl, github.token), repository: `${repository.owner}/${repository.name}`, token: github.token, url: github.url },
    azure: { arm: azure.arm, caFile: azure.caFile, token: azure.token, subscription: azure.subscription },
    trueup: { url: botUrl },
    redis: { url: redis.url },
    panel: panelAddresses(panel),
    directory,
  };
}

export function panelAddresses({ url, clouds }: Panel): object {
  return { url, faults: `${url}/faults`, journal: `${url}/journal`, asked: clouds.flatMap(({ faults }) => faults.all()) };
}

/** With the token in it, so that plain git needs to be told nothing else. */
export function cloneUrl(url: string, token: string): string {
  const address = new URL(url);
  address.username = 'maintainer';
  address.password = token;
  return address.href;
}

/** How a person lets something go wrong, and sees how often it did. */
export function panelLines({ url, clouds }: Pick<Panel, 'url' | 'clouds'>): readonly string[] {
  const example = clouds.at(-1)?.faults.descriptions[0]?.name ?? '';
  return [
    '  faults: what there is, what was asked for and how often it struck; ask for one; clear them all:',
    `  curl -s ${url}/faults`,
    `  curl -s ${url}/faults -d '{"name":"${example}","times":1}'`,
    `  curl -s -X DELETE ${url}/faults`,
    `  who asked the clouds for what: curl -s ${url}/journal`,
  ];
}

/** The same for people. */
export function playground({ github, repository, azure, directory, redis, panel }: Stage): readonly string[] {
  return [
    '',
    `Everything keeps running until Ctrl-C (or: kill ${process.pid}). To play with it:`,
    `  git clone ${cloneUrl(repository.cloneUrl, github.token)}`,
    '  change a manifest on a branch, push it, and open a pull request:',
    `  curl -s -H 'authorization: Bearer ${github.token}' ${github.api}/repos/${repository.owner}/${repository.name}/pulls -d '{"title":"Try","head":"BRANCH","base":"main"}'`,
    `  look at it: ${repository.htmlUrl}`,
    '  and at Azure, whose addresses want this token and this certificate:',
    `  curl -s --cacert ${azure.caFile} -H 'authorization: Bearer ${azure.token}' '${azure.arm}/subscriptions/${azure.subscription}/resourceGroups/rg-storefront-prod/providers/Microsoft.App/containerApps?api-version=2026-07-01'`,
    ...panelLines(panel),
    `  dead letters: REDIS_URL=${redis.url} ${join(import.meta.dirname, '../../../bin/trueup')} jobs`,
    `  logs and files: ${directory}`,
  ];
}
