import { leavesWorkspace } from '../../../kernel/bound-query.ts';
import { didYouMean } from './nearest.ts';
import { written } from './written.ts';

const longest = 4000;
const placeholders = ['app', 'revision', 'minutes'];
const expected = `a query of 1 to ${longest} characters, with {${placeholders.join('}, {')}} where their values go`;

/** A query in KQL. Braces that hold anything but one word, a space for example, are KQL's own. */
export const query = written({ description: 'KQL that answers one number. `{app}`, `{revision}` and `{minutes}` (of the stage) stand for their values.' }, (text, refuse) => {
  if (text.trim() === '') return refuse({ code: 'invalid-query', message: 'The query is empty', expected });
  if (text.length > longest) return refuse({ code: 'invalid-query', message: `The query has ${text.length} characters`, expected });
  for (const [, word = ''] of text.matchAll(/\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g)) {
    const hint = didYouMean(word, placeholders);
    if (!placeholders.includes(word)) return refuse({ code: 'unknown-placeholder', message: `Nothing stands for {${word}}`, expected, ...(hint !== null && { hint }) });
  }
  const elsewhere = leavesWorkspace(text);
  if (elsewhere !== null) return refuse({ code: 'invalid-query', message: `\`${elsewhere}(...)\` reads from elsewhere than the granted workspace`, expected: 'a query of its own workspace only' });
  return text;
});
