/**
 * Text from outside, made inert for GitHub's Markdown: it cannot notify, link, format, close a fence or hide. Everything that people
 * read goes through here and through `links.ts`. Attacks and prior cases: facts on Argo CD CVE-2022-31035 and CVE-2026-45738.
 */
const zeroWidth = '&#8203;';

/** Bidirectional controls, zero-width characters, soft hyphens, tag characters and other invisible or control characters. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb]/gu;
// oxlint-disable-next-line no-control-regex -- control characters are what is removed here
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const markdown = /[\\`*_{}[\]()<>!|~&]/g;

/** Without what cannot be seen; line ends become `\n`. */
export function visible(text: string): string {
  return text.replace(/\r\n?|\u2028|\u2029/g, '\n').replace(invisible, '').replace(controls, '');
}

/** One line of prose, for any place outside a fence: table cells, headings, list items. No line of it begins a list or a command. */
export function prose(text: string): string {
  const escaped = oneLine(text)
    .replace(markdown, '\\$&')
    .replace(/^[-+=/]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/[@#]/g, `$&${zeroWidth}`)
    .replace(/:\/\//g, `:${zeroWidth}//`);
  return withoutBareLinks(escaped);
}

/** GitHub links these by itself, without any sign around them. */
function withoutBareLinks(text: string): string {
  return text.replace(/\bGH-(?=\d)/gi, `$&${zeroWidth}`).replace(/www(?=\.)/gi, `$&${zeroWidth}`);
}

/** Without line ends and what cannot be seen. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim();
}

/** Text inside an HTML element that we wrote, such as `<summary>`. */
export function html(text: string): string {
  const escaped = oneLine(text).replace(/[&<>"'`*_[\]()~\\|!@#:]/g, (character) => `&#${character.charCodeAt(0)};`);
  return withoutBareLinks(escaped.replace(/&#(?:64|35|58);/g, `$&${zeroWidth}`));
}

/** A code span for names and short values, also inside tables. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const ticks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${line.replace(/\|/g, '\\|')}${pad}${ticks}`;
}

/** A fenced block: its fence is longer than any run of backticks inside, so that nothing can close it. */
export function fence(text: string, language: 'diff' | 'text'): string {
  const inside = visible(text);
  const ticks = '`'.repeat(Math.max(3, longestRun(inside) + 1));
  return `${ticks}${language}\n${inside}\n${ticks}`;
}

/** At most `length` characters, with a sign that something is missing; never half a surrogate pair. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
