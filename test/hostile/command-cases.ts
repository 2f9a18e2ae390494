/**
 * Comments that look like commands and are none, and those that are refused. Where it is said counts too: titles and descriptions of pull
 * requests, reviews and commits are never read for commands, and no webhook of theirs asks for an answer.
 */
interface BodyCase {
  readonly reason: string;
  readonly body: string;
  /** As `name words`; null for no command. */
  readonly asks: string | null;
}

const deploy = '/trueup promote prod';

export const bodyCases: readonly BodyCase[] = [
  { reason: 'a command', body: deploy, asks: 'promote prod' },
  { reason: 'a command among other lines, with the line ends of Windows', body: `Hello\r\n\r\n${deploy}\r\nThanks`, asks: 'promote prod' },
  { reason: 'a quote', body: `> ${deploy}`, asks: null },
  { reason: 'a quote of a quote', body: `>> ${deploy}`, asks: null },
  { reason: 'a quote without a space', body: `>${deploy}`, asks: null },
  { reason: 'a code block', body: `\`\`\`\n${deploy}\n\`\`\``, asks: null },
  { reason: 'a code block of tildes', body: `~~~\n${deploy}\n~~~`, asks: null },
  { reason: 'a code block with a language', body: `\`\`\`sh\n${deploy}\n\`\`\``, asks: null },
  { reason: 'a code block that a shorter fence does not end', body: `\`\`\`\`\n\`\`\`\n${deploy}\n\`\`\`\``, asks: null },
  { reason: 'a code block that nothing ends', body: `\`\`\`\n${deploy}`, asks: null },
  { reason: 'indented code', body: `    ${deploy}`, asks: null },
  { reason: 'code by a tab', body: `\t${deploy}`, asks: null },
  { reason: 'a code span', body: `\`${deploy}\``, asks: null },
  { reason: 'a hidden comment', body: `<!-- \n${deploy}\n-->`, asks: null },
  { reason: 'a hidden comment that nothing ends', body: `<!--\n${deploy}`, asks: null },
  { reason: 'an item of a list', body: `- ${deploy}`, asks: null },
  { reason: 'a heading', body: `# ${deploy}`, asks: null },
  { reason: 'bold text', body: `**${deploy}**`, asks: null },
  { reason: 'in the middle of a line', body: `please ${deploy}`, asks: null },
  { reason: 'behind a space', body: ` ${deploy}`, asks: null },
  { reason: 'behind a space without width', body: `\u200b${deploy}`, asks: null },
  { reason: 'behind a mark of direction', body: `\u202e${deploy}`, asks: null },
  { reason: 'a longer word', body: '/trueups promote prod', asks: null },
  { reason: 'another case', body: '/TRUEUP promote prod', asks: null },
  { reason: 'Cyrillic letters in its name', body: '/truеup promote prod', asks: null },
  { reason: 'a slash of full width', body: '／trueup promote prod', asks: null },
  { reason: 'Cyrillic letters in its word', body: '/trueup рromote prod', asks: 'unknown рromote' },
  { reason: 'a space that does not break', body: '/trueup\u00a0promote prod', asks: null },
  { reason: '10,000 spaces', body: `/trueup${' '.repeat(10_000)}promote${' '.repeat(10_000)}prod`, asks: 'promote prod' },
  { reason: '10,000 spaces and nothing', body: `/trueup${' '.repeat(10_000)}`, asks: 'help' },
  { reason: '10,000 words', body: `/trueup promote ${'prod '.repeat(10_000)}`, asks: 'promote prod prod prod prod' },
  { reason: 'a word of 100,000 characters', body: `/trueup promote ${'x'.repeat(100_000)}`, asks: `promote ${'x'.repeat(80)}` },
  { reason: '50,000 lines of fences', body: '```\n'.repeat(50_000) + deploy, asks: 'promote prod' },
  { reason: '50,000 beginnings of hidden comments', body: '<!--'.repeat(50_000) + `\n${deploy}`, asks: null },
  { reason: '50,000 slashes', body: '/'.repeat(50_000), asks: null },
  { reason: 'a word that objects have by themselves', body: '/trueup constructor prod', asks: 'unknown constructor' },
  { reason: 'another such word', body: '/trueup __proto__', asks: 'unknown __proto__' },
  { reason: 'the second of two', body: `${deploy}\n/trueup rollback prod`, asks: 'promote prod' },
];

interface AuthorCase {
  readonly reason: string;
  readonly permission: 'admin' | 'write' | 'read' | 'none';
  readonly bot?: true;
  /** What stands at the comment afterwards. */
  readonly reactions: readonly string[];
}

export const authorCases: readonly AuthorCase[] = [
  { reason: 'a bot', permission: 'admin', bot: true, reactions: [] },
  { reason: 'a user who may read', permission: 'read', reactions: ['-1'] },
  { reason: 'a user of nowhere', permission: 'none', reactions: ['-1'] },
  { reason: 'a user who may write', permission: 'write', reactions: ['+1'] },
];

/** Webhooks that hold a command, and are no new comment of a person on a pull request. */
export const elsewhereCases: readonly { readonly reason: string; readonly change: object }[] = [
  { reason: 'the comment was edited', change: { action: 'edited' } },
  { reason: 'the comment was deleted', change: { action: 'deleted' } },
  { reason: 'it is on an issue', change: { issue: { number: 3 } } },
  { reason: 'it is our own', change: { comment: { id: 9, body: deploy, performed_via_github_app: { id: 421 } } } },
  { reason: 'it stands in the title of the pull request', change: { issue: { number: 3, title: deploy, body: deploy, pull_request: {} }, comment: { id: 9, body: 'nice', performed_via_github_app: null } } },
  { reason: 'it has no text', change: { comment: { id: 9, body: null, performed_via_github_app: null } } },
];
