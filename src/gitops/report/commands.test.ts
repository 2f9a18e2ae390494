import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { approvalSentence, commandList, commands } from './commands.ts';

test('docs/commands.md lists the commands as the help does', () => {
  const page = readFileSync('docs/commands.md', 'utf8');
  expect(page).toContain(`${commandList().join('\n')}\n\n${approvalSentence}`);
});

test('the README names every command', () => {
  const page = readFileSync('README.md', 'utf8');
  for (const name of Object.keys(commands)) expect(page).toContain(`/trueup ${name}`);
});
