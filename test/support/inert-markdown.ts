import { expect } from 'vitest';

/** Removes what CommonMark shows as code, fences first: what is left is what GitHub acts on. Each escaped character becomes a dot. */
export function outsideCode(markdown: string): string {
  let fenceEnd: RegExp | null = null;
  const lines = markdown.split('\n').filter((line) => {
    if (fenceEnd !== null) {
      if (fenceEnd.test(line)) fenceEnd = null;
      return false;
    }
    const open = /^ {0,3}(`{3,})[^`]*$|^ {0,3}(~{3,})/.exec(line);
    const mark = open?.[1] ?? open?.[2];
    if (mark !== undefined) fenceEnd = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}[ \\t]*$`);
    return mark === undefined;
  });
  expect(fenceEnd, 'a fence is left open').toBeNull();
  return lines.map(withoutSpans).join('\n');
}

function withoutSpans(line: string): string {
  let rest = line;
  let kept = '';
  while (rest !== '') {
    const run = /^`+/.exec(rest)?.[0];
    if (run !== undefined) {
      const close = new RegExp(`(?<!\`)${run}(?!\`)`).exec(rest.slice(run.length));
      rest = close === null ? rest.slice(run.length) : rest.slice(run.length + close.index + run.length);
    } else if (/^\\[!-/:-@[-`{-~]/.test(rest)) {
      kept += '.';
      rest = rest.slice(2);
    } else {
      kept += rest.slice(0, 1);
      rest = rest.slice(1);
    }
  }
  return kept;
}

/** Nobody is notified, nothing is linked, closed or run, and nothing is hidden. Links may lead to the repository of the samples and to apps. */
export function expectInert(markdown: string): void {
  const active = outsideCode(markdown);
  // GitHub looks for mentions and references in the rendered text, where entities are characters again.
  const rendered = active.replace(/\]\([^)]*\)/g, ']').replace(/&#(\d+);/g, (_, number: string) => String.fromCodePoint(Number(number)));
  expect(rendered).not.toMatch(/[@#][\w-]|\bGH-\d/i);
  expect(active).not.toMatch(/!\[/);
  expect(active.replace(/<\/?(?:details|summary|b|sub)>|<br>/g, '')).not.toMatch(/[<>]/);
  const targets = [...active.matchAll(/\]\(([^)]*)\)/g)].map(([, target = '']) => target);
  for (const target of targets) expect(target).toMatch(/^https:\/\/(?:github\.com\/contoso\/platform\/|[a-z0-9.-]+\.azurecontainerapps\.io\/)/);
  expect(active.replace(/\]\([^)]*\)/g, '')).not.toMatch(/https?:\/\/|www\./i);
  expect(active.match(/<details>/g)?.length).toBe(active.match(/<\/details>/g)?.length);
  expect(markdown).not.toMatch(/[\p{Bidi_Control}\u200b-\u200f]/u);
  expect(markdown.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
}
