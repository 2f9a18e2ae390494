import type { Journal } from '../azure/control/journal.ts';
import type { CloudName } from '../faults/fault-api.ts';
import type { GithubJournal } from '../github/journal.ts';

/** An answered request of either cloud. */
interface PanelEntry {
  readonly cloud: CloudName;
  /** ISO-8601 UTC: when it came to Azure, when GitHub's answer left. */
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** 0 when the connection was cut. */
  readonly status: number;
  readonly ms: number;
  /** Azure: whose object id; GitHub: what kind of credential. */
  readonly who: string | null;
}

export interface PanelJournal {
  entries(): readonly PanelEntry[];
  clear(): void;
}

export function azureEntries(journal: Journal): PanelJournal {
  return {
    entries: () => journal.entries().map(({ at, method, host, path, status, ms, principalId }) => ({ cloud: 'azure', at: new Date(at).toISOString(), method, host, path, status, ms, who: principalId })),
    clear: () => journal.clear(),
  };
}

export function githubEntries(journal: GithubJournal): PanelJournal {
  return {
    entries: () => journal.calls.map(({ at, method, path, status, ms, actor }) => ({ cloud: 'github', at, method, host: '127.0.0.1', path, status, ms, who: actor })),
    clear: () => journal.clear(),
  };
}
