/** An answered request. Requests that the ingress passed to workloads are not among them. */
export interface JournalEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly host: string;
  /** Without query: the addresses of operations carry a signature there. */
  readonly path: string;
  /** 0 when the connection was cut instead. */
  readonly status: number;
  /** Milliseconds until the answer. */
  readonly ms: number;
  /** Null when nobody could be told from the token. */
  readonly principalId: string | null;
  /** `x-ms-request-id` of the answer, null where none came. */
  readonly requestId: string | null;
}

export interface Journal {
  /** Oldest first; at least the last 50,000. */
  entries(): readonly JournalEntry[];
  clear(): void;
}

const kept = 50_000;

export function journal(): Journal & { add(entry: JournalEntry): void } {
  let entries: JournalEntry[] = [];
  return {
    entries: () => entries,
    clear: () => void (entries = []),
    add(entry) {
      entries.push(entry);
      if (entries.length > 2 * kept) entries = entries.slice(-kept);
    },
  };
}
