import { code } from './inert.ts';

/** What a comment may ask for, with the sentence that the help shows. */
const commandHelp = {
  plan: 'plan this pull request again',
  help: 'show this list',
} as const;

type CommandName = keyof typeof commandHelp;

export type AskedCommand = { readonly name: CommandName } | { readonly name: 'unknown'; readonly word: string };

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

function commandOf(line: string): AskedCommand | null {
  const match = /^\/trueup(?:[ \t]+(\S+))?(?:[ \t].*)?$/.exec(line);
  if (match === null) return null;
  const word = match[1]?.toLowerCase() ?? 'help';
  return Object.hasOwn(commandHelp, word) ? { name: word as CommandName } : { name: 'unknown', word: word.slice(0, 40) };
}

export function helpText(unknown: string | null): string {
  const list = Object.entries(commandHelp).map(([name, about]) => `- ${code(`/trueup ${name}`)}: ${about}`);
  const first = unknown === null ? 'Commands, at the start of a line of a comment, for people who may write to the repository:' : `${code(unknown)} is not a command here. There are:`;
  return [first, '', ...list].join('\n');
}
