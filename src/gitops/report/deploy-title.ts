import type { ServiceProgress } from '../../kernel/messages/deployment.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import { isStopped, stateOf } from './deploy-state.ts';
import { shortened } from './inert.ts';
import { count } from './plan-text.ts';
import { isDeployed, isEndedService } from './stages.ts';
import { dayAndTime } from './times.ts';

/** The essential in one line, with the numbers of the last look. At most 255 characters, which GitHub takes. */
export function deployTitle(report: DeployReport): string {
  return shortened(titleOf(report, true), 250);
}

/** The same without what every look changes: for what is not written anew with each of them. */
export function deployLine(report: DeployReport): string {
  return shortened(titleOf(report, false), 250);
}

function titleOf(report: DeployReport, withNumbers: boolean): string {
  const { words, conclusion } = stateOf(report);
  const refused = refusalTitle(report) ?? awaitsTitle(report);
  if (refused !== null) return refused;
  const culprits = conclusion === 'success' || conclusion === 'cancelled' ? null : failures(report);
  const told = heldTitle(report) ?? (culprits === null ? movingTitle(report, withNumbers) : `${words}: ${culprits}`);
  return told ?? joined(words, howMany(report));
}

function refusalTitle(report: DeployReport): string | null {
  const refusals = Object.values(report.refusals);
  const [first] = refusals;
  const { words, conclusion } = stateOf(report);
  if (first === undefined) return null;
  if (conclusion === 'success') return `${words}, but ${shortened(first.what, 120)} was refused`;
  if (conclusion !== null || !isStopped(report)) return null;
  return refusals.length === 1 ? `Stopped: ${shortened(first.what, 120)}` : `Stopped: ${refusals.length} things need a person`;
}

function heldTitle(report: DeployReport): string | null {
  const hold = stateOf(report).conclusion === null ? holdWords(report) : null;
  return hold === null ? null : joined(hold, whereTo(report, false) ?? howMany(report));
}

/** Nothing is known of what runs: neither weights nor numbers. */
function awaitsTitle(report: DeployReport): string | null {
  const awaits = stateOf(report).conclusion === null ? report.progress?.awaits : undefined;
  return awaits === undefined ? null : joined(`Waiting for ${awaits.system} since ${dayAndTime(awaits.since)}`, howMany(report));
}

function movingTitle(report: DeployReport, withNumbers: boolean): string | null {
  return hasWeights(report) ? whereTo(report, withNumbers) : null;
}

function joined(words: string, rest: string): string {
  return rest === '' ? words : `${words}: ${rest}`;
}

function hasWeights({ progress }: DeployReport): boolean {
  return progress?.state === 'HealthGating' || progress?.state === 'Promoting';
}

function holdWords({ progress }: DeployReport): string | null {
  const hold = progress?.hold ?? null;
  if (hold === null) return null;
  if (hold.why === 'paused') return shortened(hold.detail, 100);
  return hold.until === null ? 'Frozen' : `Frozen until ${dayAndTime(hold.until)}`;
}

const named = 3;

/** `checkout at 10 %: ` and what its requests show, or where several are; null before a weight is known. */
function whereTo({ progress }: DeployReport, withNumbers: boolean): string | null {
  const moving = (progress?.services ?? []).filter((service) => service.stages.length > 0 && !isEndedService(service));
  const [only, second] = moving;
  if (only === undefined) return null;
  if (second === undefined && withNumbers) return [at(only), reading(only)].filter((part) => part !== '').join(': ');
  const left = moving.length - named;
  return [...moving.slice(0, named).map(at), ...(left > 0 ? [`${left} more`] : [])].join(', ');
}

function at({ service, weight }: Pick<ServiceProgress, 'service' | 'weight'>): string {
  return `${shortened(service, 63)} at ${weight} %`;
}

/** What its requests show; else the gate that does not pass. */
function reading({ gates }: ServiceProgress): string {
  const told = gates.find(({ answer }) => answer === 'fail') ?? gates.find(({ gate, samples }) => gate === 'success rate' && samples !== null) ?? gates.find(({ answer }) => answer !== 'pass');
  return told === undefined ? '' : shortened(told.detail, 140);
}

function failures({ progress }: DeployReport): string | null {
  const failed = (progress?.services ?? []).flatMap(({ service, failure }) => (failure === null ? [] : [{ service, weight: failure.weight, reason: failure.reason }]));
  const [first] = failed;
  if (first === undefined) return null;
  const more = failed.length === 1 ? '' : ` and ${count(failed.length - 1, 'more service')}`;
  return `${at(first)}${more}: ${shortened(first.reason, 140)}`;
}

/** An environment goes to a commit as a whole: where nothing arrived, what nobody blames did not either. */
function howMany(report: DeployReport): string {
  const services = report.progress?.services ?? [];
  if (services.length === 0) return '';
  const all = count(services.length, 'service');
  const open = services.filter((one) => !isDeployed(one)).length;
  if (stateOf(report).conclusion !== 'failure' || open === 0) return all;
  if (open < services.length) return `${open} of ${all} not deployed`;
  return report.progress?.state === 'Failed' ? `${all} not deployed` : all;
}
