import { describe, expect, it } from 'vitest';
import { leavesWorkspace } from './bound-query.ts';

describe('a query that stays in its workspace', () => {
  it.each([
    { reason: 'a table', query: 'ContainerAppConsoleLogs | count', word: null },
    { reason: 'words that only look like it', query: 'myworkspace(1) | where application_s == "app" | summarize arg_max(TimeGenerated, *), max(app), database = count()', word: null },
    { reason: 'another workspace', query: 'union Logs, workspace("0a1b").Logs | count', word: 'workspace' },
    { reason: 'in capitals', query: 'WorkSpace("0a1b").Logs', word: 'workspace' },
    { reason: 'with white space and lines between', query: 'workspace \t\n("0a1b").Logs', word: 'workspace' },
    { reason: 'with a comment between', query: 'workspace // harmless\n // more\r\n("0a1b").Logs', word: 'workspace' },
    { reason: 'by a quoted name', query: `['workspace']("0a1b").Logs`, word: 'workspace' },
    { reason: 'behind a text that looks like a comment', query: 'print "//" | union workspace("0a1b").Logs', word: 'workspace' },
    { reason: 'an application', query: 'app("shop").requests', word: 'app' },
    { reason: 'a resource', query: 'resource("/subscriptions/1").AzureActivity', word: 'resource' },
    { reason: 'a cluster', query: 'cluster("help").database("Samples").StormEvents', word: 'cluster' },
    { reason: 'Azure Data Explorer', query: 'adx("help/Samples").StormEvents', word: 'adx' },
    { reason: 'Resource Graph', query: 'arg("").Resources', word: 'arg' },
    { reason: 'any address', query: 'externaldata (a: string) [@"https://example.com/"]', word: 'externaldata' },
  ])('$word: $reason', ({ query, word }) => {
    expect(leavesWorkspace(query)).toBe(word);
  });
});
