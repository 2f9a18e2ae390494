/** A line of Markdown as it reads once rendered: without the backslashes before its signs. */
export function unescaped(line: string): string {
  return line.replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, '$1');
}
