/** GitHub's payloads have less than 20 levels. */
const mostLevels = 100;

const [quote, backslash, brace, bracket, endBrace, endBracket] = [...'"\\{[}]'].map((letter) => letter.charCodeAt(0));

/** Whether the JSON text nests so deeply that GitHub cannot have made it: to parse it costs far more time and memory than its bytes. */
export function isDeep(text: string): boolean {
  let levels = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === brace || code === bracket) {
      levels += 1;
      if (levels > mostLevels) return true;
    } else if (code === endBrace || code === endBracket) levels -= 1;
  }
  return false;
}
