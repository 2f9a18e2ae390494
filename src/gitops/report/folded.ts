/** Shown when somebody opens it. `title`: our own words. `body`: Markdown. */
export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
