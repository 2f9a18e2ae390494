import { messageCatalogue } from '../../kernel/messages/catalogue.ts';
import type { CheckReport } from '../ports.ts';
import type { HeldWork } from '../records/quarantine-report.ts';
import { fit, reportBudget } from './budget.ts';
import { code, prose, shortened } from './inert.ts';

const room = 2000;

/** `trueup/quarantine`: `held` is all that is held back at this commit. Green when that is nothing any more. */
export function quarantineCheck(held: readonly HeldWork[], commit: string, trace: string): CheckReport {
  const [first, ...more] = held;
  const about = { commit, name: 'trueup/quarantine', text: null, annotations: [], actions: [] };
  const from = `<sub>${prose(trace)}</sub>`;
  if (first === undefined) {
    return { ...about, conclusion: 'success', title: 'Nothing is held back', summary: ['What was held back here was done, or is not to be done any more.', from].join('\n\n') };
  }
  const left = (number: number): string => `… and ${number} more; \`trueup jobs\` lists them.`;
  const title = shortened(`Held back after ${times(first.crashes)}: ${inWords(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`, 250);
  return { ...about, conclusion: 'failure', title, summary: [explained, ...fit(held.map(section), reportBudget - room, left), from].join('\n\n') };
}

const explained = [
  'Trueup held back work because its process ended each time while it was doing it, alone: by a crash, out of memory, or in a loop without end.',
  'Everything else of this repository, and of others, goes on.',
].join(' ');

function section({ context, reaction, message, environment, number, job, crashes, since }: HeldWork): string {
  const place = [...(environment === null ? [] : [`environment ${code(environment)}`]), ...(number === null ? [] : [`pull request ${prose(String(number))}`])];
  return [
    `**${prose(whatOf(message))}**`,
    `- Where: ${[`${code(`${context}/${reaction}`)}`, ...place].join(', ')}.`,
    `- It ended its process ${crashes} times, the first was found at ${prose(since)}.`,
    '- What to do: when a change of the manifests began it, put the manifest right and push; another commit is tried at once.',
    `- Or an operator tries it again as it is, alone: ${code(`trueup jobs retry ${job}`)}. Trueup does so by itself after a few minutes, then after longer and longer pauses of a day at most.`,
  ].join('\n');
}

function inWords({ context, message, environment }: HeldWork): string {
  return `${context}, ${message}${environment === null ? '' : ` (${environment})`}`;
}

/** A message of another version of Trueup has only its name. */
function whatOf(message: string): string {
  const known = Object.entries(messageCatalogue).find(([type]) => type === message);
  return known === undefined ? message : known[1].about;
}

function times(crashes: number): string {
  return `${crashes} crash${crashes === 1 ? '' : 'es'}`;
}
