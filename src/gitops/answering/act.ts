import { emit, type EmittedMessage } from '../../kernel/envelope.ts';
import { repositoryTenantId, tenantIn, type TenantId } from '../../kernel/ids.ts';
import type { DeploymentProgress } from '../../kernel/messages/deployment.ts';
import { serviceStanding, type EnvironmentStanding } from '../../kernel/standing.ts';
import { ends } from '../records/deploy-report.ts';
import { code, prose } from '../report/inert.ts';
import { isDeployed } from '../report/stages.ts';
import { dayAndTime } from '../report/times.ts';
import { listed, type KnownEnvironment } from './targets.ts';

/** What a command does in one environment, and the sentence that tells it. Nothing is sent where it would change nothing. */
export interface Act {
  readonly emits: readonly EmittedMessage[];
  /** Markdown, inert. */
  readonly said: string;
}

export interface ActContext {
  /** The repository's. */
  readonly tenant: TenantId;
  /** Login of who asked. */
  readonly by: string;
  /** Number of the pull request on which it was asked. */
  readonly pull: number;
  readonly environment: KnownEnvironment;
  /** Null: nothing was ever deployed there. */
  readonly standing: EnvironmentStanding | null;
}

type Acting = (context: ActContext, services: readonly string[]) => Act;

function nothing(said: string): Act {
  return { emits: [], said };
}

function running({ standing }: ActContext): DeploymentProgress | null {
  const deployment = standing?.deployment ?? null;
  return deployment === null || ends.includes(deployment.state) ? null : deployment;
}

/** Commit of the deployment that runs or is about to begin. */
function underWay(context: ActContext): string | null {
  return running(context)?.commit ?? context.standing?.next ?? null;
}

function ownerOf({ tenant, environment }: ActContext): TenantId {
  return tenantIn(tenant, environment.tenant);
}

/** Where somebody looks who wants to know why: it stands with the release that was taken back. */
function reasonOf({ pull }: ActContext, command: string): string {
  return `/trueup ${command} on pull request ${pull}`;
}

/** Stops what runs. */
export const abort: Acting = (context) => {
  const { environment: { name: environment }, by } = context;
  const commit = underWay(context);
  if (commit === null) return nothing(`Nothing runs in ${code(environment)}.`);
  if (running(context)?.state === 'RollingBack') return nothing(`The deployment that runs in ${code(environment)} is on its way back already.`);
  return {
    emits: [emit('AbortDeployment', ownerOf(context), { environment, by, reason: reasonOf(context, 'abort') })],
    said: `The deployment of ${code(commit.slice(0, 7))} to ${code(environment)} is stopped and taken back.`,
  };
};

/** Takes back what runs, or what served before. */
export const rollback: Acting = (context, named) => {
  const { environment: { name: environment }, by, standing } = context;
  if (standing === null) return nothing(`Nothing was ever deployed to ${code(environment)}.`);
  const commit = underWay(context);
  const send = (services: readonly string[], said: string): Act => ({
    emits: [emit('RollbackDeployment', ownerOf(context), { environment, services: [...services], by, reason: reasonOf(context, 'rollback') })],
    said,
  });
  if (running(context)?.state === 'RollingBack') return nothing(`The deployment that runs in ${code(environment)} is on its way back already.`);
  const brings = running(context)?.services.map(({ service }) => service) ?? null;
  if (brings !== null && named.length > 0 && !named.some((service) => brings.includes(service))) {
    return nothing(`The deployment that runs in ${code(environment)} does not bring ${listed(named)}. Wait for its end, or stop it with ${code(`/trueup abort ${environment}`)}, then ask again.`);
  }
  if (commit !== null) return send(named, `The deployment of ${code(commit.slice(0, 7))} that runs in ${code(environment)} is taken back as a whole.`);
  return goingBack(context, standing, named, send);
};

type Send = (services: readonly string[], said: string) => Act;

/** After the end of the last deployment: each service by itself, where there is something to go back to. */
function goingBack({ environment: { name: environment } }: ActContext, standing: EnvironmentStanding, named: readonly string[], send: Send): Act {
  const wanted = named.length > 0 ? named : broughtBy(standing);
  if (wanted.length === 0) return nothing(`Nothing that the last deployment of ${code(environment)} brought serves. To take a service further back, name it: ${code(`/trueup rollback SERVICE ${environment}`)}.`);
  const back = wanted.map((service) => ({ service, ways: wayBack(standing, service) }));
  const goes = back.flatMap(({ service, ways }) => (ways === null ? [] : [{ service, said: `${code(service)} goes back ${ways}` }]));
  const stays = back.filter(({ ways }) => ways === null).map(({ service }) => service);
  const lacking = stays.length === 0 ? '' : `${code(environment)} has no earlier known-good release of ${listed(stays)}.`;
  if (goes.length === 0) return nothing(lacking);
  return send(goes.map(({ service }) => service), [`In ${code(environment)} ${goes.map(({ said }) => said).join(', ')}.`, lacking].join(' ').trim());
}

/** What was taken back already, or stayed as it was, is not taken further back by a word that names nothing. */
function broughtBy({ deployment }: EnvironmentStanding): readonly string[] {
  return (deployment?.services ?? []).flatMap(({ service, step }) => (step === 'done' ? [service] : []));
}

/** What it goes back to, in Markdown: the newest known-good release before the one that serves. Null when there is none. */
function wayBack(standing: EnvironmentStanding, service: string): string | null {
  const ledger = serviceStanding(standing, service)?.knownGood ?? [];
  const serving = servingRevision(standing, service) ?? ledger.at(-1)?.revision;
  const entry = ledger.findLastIndex(({ revision }) => revision === serving);
  const before = entry === -1 ? ledger.at(-1) : ledger.slice(0, entry).at(-1);
  return before === undefined ? null : `to ${code(before.image)} of ${code(before.commit.slice(0, 7))}, known good since ${prose(dayAndTime(before.at))}`;
}

/** Null where the last deployment did not concern the service. */
function servingRevision({ deployment }: EnvironmentStanding, service: string): string | null {
  const last = deployment?.services.find((one) => one.service === service);
  if (last === undefined) return null;
  return isDeployed(last) ? last.revision : last.previousRevision;
}

export const pause: Acting = (context) => {
  const { environment: { name: environment }, by, standing } = context;
  const paused = standing?.paused ?? null;
  if (paused !== null) return nothing(`${code(environment)} is paused already, by ${prose(paused.by)} since ${prose(dayAndTime(paused.at))}.`);
  return {
    emits: [emit('PauseDeployments', ownerOf(context), { environment, by })],
    said: `No deployment of ${code(environment)} moves forward until ${code(`/trueup resume ${environment}`)}. The way back stays open.`,
  };
};

export const resume: Acting = (context) => {
  const { environment: { name: environment }, by, standing } = context;
  const deployment = running(context);
  const isHeld = deployment?.state === 'Held';
  const isPaused = (standing?.paused ?? null) !== null;
  if (!isHeld && !isPaused) {
    const until = deployment?.hold?.until ?? null;
    if (deployment?.hold?.why !== 'frozen') return nothing(`Nothing is paused or held in ${code(environment)}.`);
    return nothing(`${code(environment)} is in a freeze window${until === null ? '' : ` until ${prose(dayAndTime(until))}`}, which no command opens: change it in Git.`);
  }
  const said = [...(isPaused ? [`Deployments of ${code(environment)} move forward again.`] : []), ...(isHeld ? [`What is held in ${code(environment)} is judged anew.`] : [])];
  return { emits: [emit('ResumeDeployments', ownerOf(context), { environment, by })], said: said.join(' ') };
};

/** `sources`: environments from which services of this one take their releases. */
export function promote({ tenant, environment: { name: to } }: Pick<ActContext, 'tenant' | 'environment'>, sources: readonly string[]): Act {
  if (sources.length === 0) return nothing(`No service of ${code(to)} declares where it takes its releases from (${code('promotion.from')}).`);
  return {
    emits: sources.map((from) => emit('ProposePromotion', repositoryTenantId(tenant), { from, to, asked: true })),
    said: `What is known good in ${listed(sources)} is proposed to ${code(to)} as a pull request, where it differs.`,
  };
}
