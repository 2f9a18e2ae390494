import type { LocalAzure } from '../../local/azure/start.ts';
import { cloneUrl, panelAddresses, panelLines } from '../demo/addresses.ts';
import { faultText } from '../demo/asked-faults.ts';
import { azureEnvironment, githubEnvironment } from './environment.ts';
import type { OpenedGitHub } from './open-github.ts';
import type { Opened } from './opened.ts';

/** The one line of `--json`. Its fields stay; docs/local-azure.md and docs/local-github.md name them. */
export function readyForPrograms(opened: Opened): object {
  const { directory, azure, github, panel } = opened;
  return {
    ready: true,
    pid: process.pid,
    directory,
    ...(azure && { azure: azureFields(azure) }),
    ...(github && { github: githubFields(github) }),
    panel: panelAddresses(panel),
    env: environmentOf(opened),
  };
}

function azureFields({ arm, port, caFile, token, subscription, tenantId, identity }: LocalAzure): object {
  return { arm, port, caFile, token, subscription, tenantId, identity };
}

function githubFields({ github, privateKeyFile, webhook, repositories, users }: OpenedGitHub): object {
  const { url, api, owner, token, app } = github;
  return {
    url,
    api,
    owner,
    token,
    app: { id: app.id, clientId: app.clientId, slug: app.slug, privateKeyFile },
    webhook,
    repositories: repositories.map((repository) => ({ ...repository, clone: cloneUrl(repository.cloneUrl, token) })),
    users,
  };
}

function environmentOf({ azure, github }: Opened): Readonly<Record<string, string>> {
  return {
    ...(github && githubEnvironment(github.github, github.privateKeyFile)),
    ...(github?.webhook && { WEBHOOK_SECRET: github.webhook.secret }),
    ...(azure && azureEnvironment(azure)),
  };
}

export function readyForPeople(opened: Opened): readonly string[] {
  const { directory, azure, github, panel } = opened;
  const asked = panel.clouds.flatMap(({ faults }) => faults.all());
  return [
    `On this machine only, until Ctrl-C (or: kill ${process.pid}); files, gone with it: ${directory}`,
    ...(azure ? ['', ...azureLines(azure)] : []),
    ...(github ? ['', ...githubLines(github)] : []),
    '',
    'Panel',
    ...panelLines(panel),
    ...asked.map((fault) => `  asked for: ${faultText(fault)}`),
    '',
    'A bot that reads the settings of docs/configuration.md finds it with:',
    ...Object.entries(environmentOf(opened)).map(([name, value]) => `  export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`),
  ];
}

function azureLines({ arm, port, caFile, token, subscription }: LocalAzure): readonly string[] {
  return [
    `Azure ${arm}, by address management.azure.com; every other name of Azure on the same port`,
    `  subscription ${subscription}`,
    `  token        ${token} (a person's: Owner, and administrator of the vaults)`,
    `  certificate  ${caFile}`,
    `  curl --cacert ${caFile} -H 'authorization: Bearer ${token}' '${arm}/subscriptions/${subscription}/resources?api-version=2025-04-01'`,
    `  another host: curl --resolve VAULT.vault.azure.net:${port}:127.0.0.1 … https://VAULT.vault.azure.net:${port}/secrets?api-version=7.5`,
  ];
}

function githubLines({ github, repositories, users, webhook, privateKeyFile }: OpenedGitHub): readonly string[] {
  const { url, api, token, app } = github;
  return [
    `GitHub ${url}, its API under ${api}`,
    `  token ${token} (of mona, admin of ${github.owner})`,
    ...users.map((user) => `  token ${user.token} (of ${user.login}, ${user.permission})`),
    `  App   ${app.slug}, id ${app.id}, private key ${privateKeyFile}, ${webhook ? `webhook ${webhook.url}` : 'no webhook: give one with --webhook URL'}`,
    ...repositories.map(({ cloneUrl: address }) => `  git clone ${cloneUrl(address, token)}`),
    `  curl -H 'authorization: Bearer ${token}' ${api}/repos/${github.owner}/${repositories[0]?.name ?? 'NAME'}`,
  ];
}
