import type { GateAnswer, GateReading, ServiceProgress } from '../../kernel/messages/deployment.ts';
import { fit } from './budget.ts';
import { code, prose, shortened } from './inert.ts';
import type { Links } from './links.ts';
import { count } from './plan-text.ts';
import { stageWords, stepWords, strategyWords, type StageProgress } from './stages.ts';

const stepsSpace = 24_000;
const gatesSpace = 8000;

const standingSigns: Record<StageProgress['standing'], string> = { open: '', moving: '⏩ ', judging: '▶️ ', passed: '✅ ', failed: '❌ ' };
const answerSigns: Record<GateAnswer, string> = { pass: '✅ pass', fail: '❌ fail', inconclusive: '❔ inconclusive', 'no-data': '⬜ no data' };

/** Every service with its plan of steps and how far it is. */
export function stepsTable(services: readonly ServiceProgress[], links: Links): string {
  if (services.length === 0) return '';
  const head = ['| Service | Strategy | Stages | Weight | Standing | Revision | Before | Image |', '|---|---|---|---|---|---|---|---|'];
  const rows = services.map((service) => {
    const { url, stages, weight, revision, previousRevision, image } = service;
    const plan = stages.map((stage) => `${standingSigns[stage.standing]}${prose(stageWords(service, stage))}`).join(' → ');
    const step = [stepWords(service), ...(service.detail === null ? [] : [prose(shortened(service.detail, 300))])].join(': ');
    const cells = [url === null ? code(service.service) : links.to(service.service, url), strategyWords(service), plan, stages.length === 0 ? '' : `${weight} %`, step, code(revision ?? ''), code(previousRevision ?? ''), code(image)];
    return `| ${cells.join(' | ')} |`;
  });
  return [...head, ...fit(rows, stepsSpace, (left) => `\n… and ${count(left, 'more service')}.`, 1)].join('\n');
}

/** What each gate of the running stages read last. Of what failed the evidence says it. */
export function gatesTable(services: readonly ServiceProgress[]): string {
  return readings(services.flatMap(({ service, gates, failure }) => (failure === null ? gates.map((gate) => ({ service, gate })) : [])));
}

/** Why services failed, each with what its gates read then. */
export function failureEvidence(services: readonly ServiceProgress[]): string {
  const failed = services.flatMap(({ service, failure }) => (failure === null ? [] : [{ service, failure }]));
  const told = failed.map(({ service, failure }) =>
    [`**${prose(service)} at ${failure.weight} %**: ${prose(failure.reason)}`, readings(failure.gates.map((gate) => ({ service, gate })))].filter((part) => part !== '').join('\n\n'),
  );
  return fit(told, gatesSpace, (left) => `… and ${count(left, 'more service')}.`).join('\n\n');
}

function readings(all: readonly { readonly service: string; readonly gate: GateReading }[]): string {
  if (all.length === 0) return '';
  const head = ['| Service | Gate | Answer | Reading | Samples | Passes at |', '|---|---|---|---|---|---|'];
  const rows = all.map(({ service, gate: { gate, answer, detail, samples, threshold } }) => {
    const cells = [code(service), prose(gate), answerSigns[answer], prose(shortened(detail, 300)), samples === null ? '' : String(samples), prose(threshold ?? '')];
    return `| ${cells.join(' | ')} |`;
  });
  return [...head, ...fit(rows, gatesSpace, (left) => `\n… and ${count(left, 'more reading')}.`, 1)].join('\n');
}
