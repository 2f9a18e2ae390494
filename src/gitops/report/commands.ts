import { code } from './inert.ts';

interface Command {
  /** Its words, as the help writes them. */
  readonly takes: string;
  /** The sentence that the help shows. */
  readonly about: string;
  /** Whether the environment's approvers decide, where the policy names them. */
  readonly approved: boolean;
}

/** What a comment may ask for. */
export const commands = {
  plan: { takes: '', about: 'plan this pull request again', approved: false },
  status: { takes: '', about: 'show what runs in every environment, what is known good, and what is paused, frozen or quarantined', approved: false },
  abort: { takes: '[ENV]', about: 'stop the deployment that runs and take it back', approved: false },
  rollback: { takes: '[SERVICE] [ENV]', about: 'take a service, or all of the last deployment, back to the known-good release before; both words in any order', approved: true },
  promote: { takes: 'ENV', about: 'propose to an environment the releases that its services take from another one, as a pull request', approved: true },
  adopt: { takes: '[SERVICE ENV]', about: 'answer the drift of a service with a pull request that makes Git say what runs', approved: false },
  reapply: { takes: '[SERVICE ENV]', about: 'answer it with a pull request that has Git applied again', approved: false },
  ack: { takes: '[SERVICE ENV] [DURATION]', about: 'leave the drift of a service as it is, for a time such as 7d, or until Azure changes again', approved: true },
  pause: { takes: 'ENV', about: 'let no deployment move forward; the way back stays open', approved: false },
  resume: { takes: 'ENV', about: 'let deployments move forward again, and judge one that is held anew', approved: true },
  help: { takes: '', about: 'show this list', approved: false },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

type Understood = { [Name in CommandName]: { readonly name: Name; readonly words: readonly string[] } }[CommandName];

export type AskedCommand = Understood | { readonly name: 'unknown'; readonly word: string };

const fenceLine = /^ {0,3}(`{3,}|~{3,})/;

/** The first `/trueup` at the start of a line, outside of quotes, fences, indented code and HTML comments; null when there is none. */
export function askedCommand(body: string): AskedCommand | null {
  let fence: string | null = null;
  for (const line of body.replace(/<!--[\s\S]*?(-->|$)/g, '').split(/\r\n|\r|\n/)) {
    const mark: string | undefined = fenceLine.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = null;
    } else if (mark === undefined) {
      const asked = commandOf(line);
      if (asked !== null) return asked;
    } else {
      fence = mark;
    }
  }
  return null;
}

/** More than any command takes, so that one too many is seen. */
const wordsRead = 4;

function commandOf(line: string): AskedCommand | null {
  if (!/^\/trueup(?:[ \t]|$)/.test(line)) return null;
  const [name = 'help', ...words] = line.slice('/trueup'.length).split(/[ \t]+/, wordsRead + 2).filter((word) => word !== '').map((word) => word.slice(0, 80));
  const word = name.toLowerCase();
  if (!Object.hasOwn(commands, word)) return { name: 'unknown', word: word.slice(0, 40) };
  // The key was found in the table.
  return { name: word as CommandName, words: words.slice(0, wordsRead) };
}

/** Every command with its words and its sentence, one line each. */
export function commandList(): readonly string[] {
  return Object.entries(commands).map(([name, { takes, about }]) => `- ${code(['/trueup', name, takes].filter((word) => word !== '').join(' '))}: ${about}`);
}

export const approvalSentence = `Where ${code('.github/trueup.yml')} of the default branch names approvers of an environment, only they may ${approvedNames()} there.`;

function approvedNames(): string {
  const names = Object.entries(commands).flatMap(([name, { approved }]) => (approved ? [code(name)] : []));
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

export function helpText(unknown: string | null): string {
  const first = unknown === null ? 'Commands, at the start of a line of a comment, for people who may write to the repository:' : `${code(unknown)} is not a command here. There are:`;
  return [first, '', ...commandList(), '', approvalSentence].join('\n');
}
