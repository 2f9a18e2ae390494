import * as z from 'zod';

const result = z.union([
  /** One number, as `summarize` gives; null is a value that is not there. */
  z.strictObject({ number: z.number().nullable() }),
  z.strictObject({ columns: z.array(z.strictObject({ name: z.string(), type: z.string() })), rows: z.array(z.array(z.unknown())) }),
  /** What the service says to a query that it cannot read. */
  z.strictObject({ wrong: z.literal(true) }),
]);
export type LogResult = z.infer<typeof result>;

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'expected the id of a workspace');

/** What queries of a workspace are answered whose text contains this. There is no KQL here, and no logs. */
export const logAnswer = z.strictObject({ workspace: guid, contains: z.string().default(''), result });
type LogAnswer = z.infer<typeof logAnswer>;

export interface WorkspaceSeed {
  /** What clients ask for: a GUID, not the name of the resource. */
  readonly id: string;
  readonly resourceGroup: string;
  readonly answers?: readonly Omit<LogAnswer, 'workspace'>[];
}

/** Workspaces of Log Analytics and the answers that were given beforehand. */
export interface LogBoard {
  /** Before all that were given so far. Of a workspace that is not there it makes one. */
  answer(given: LogAnswer): void;
  answers(): readonly LogAnswer[];
  /** Those of seeds stay. */
  clear(): void;
}

export interface LogStore extends LogBoard {
  /** ARM resource id; null when there is no such workspace. */
  scopeOf(workspace: string): string | null;
  /** Null when nobody said what such a query finds. */
  find(workspace: string, query: string): LogResult | null;
}

export function logStore(subscription: string, seeds: readonly WorkspaceSeed[]): LogStore {
  const groups = new Map(seeds.map(({ id, resourceGroup }) => [id.toLowerCase(), resourceGroup]));
  const seeded = seeds.flatMap(({ id, answers = [] }) => answers.map((one) => ({ ...one, workspace: id })));
  let given: readonly LogAnswer[] = [];
  return {
    answer(one) {
      const id = one.workspace.toLowerCase();
      groups.set(id, groups.get(id) ?? 'rg-shared');
      given = [one, ...given];
    },
    answers: () => [...given, ...seeded],
    clear() {
      given = [];
    },
    scopeOf(workspace) {
      const group = groups.get(workspace.toLowerCase());
      return group === undefined ? null : `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.OperationalInsights/workspaces/${workspace.toLowerCase()}`;
    },
    find: (workspace, query) => [...given, ...seeded].find((one) => one.workspace.toLowerCase() === workspace.toLowerCase() && query.includes(one.contains))?.result ?? null,
  };
}
