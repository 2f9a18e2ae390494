import { gitops } from '../../src/gitops/context.ts';
import type { CommitReader } from '../../src/gitops/desired/commit-reader.ts';
import type { GitopsNeeds } from '../../src/gitops/needs.ts';
import { editFile } from '../../src/gitops/parser/edit-file.ts';
import type { LiveApps, RepositoryReader } from '../../src/gitops/ports.ts';
import type { ObservedApp } from '../../src/kernel/container-app.ts';
import type { Reaction } from '../../src/kernel/context.ts';
import { digestOf } from '../../src/kernel/digest.ts';
import type { DriftStanding } from '../../src/kernel/drift-standing.ts';
import type { EmittedMessage, Envelope } from '../../src/kernel/envelope.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import type { EnvironmentStanding } from '../../src/kernel/standing.ts';
import type { MessageType, PayloadOf } from '../../src/kernel/messages/catalogue.ts';
import type { Planner } from '../../src/kernel/plan.ts';
import { envelopeOf, runToEnd, testClock, type Faults, type Run } from './delivery.ts';
import { memoryGitHub, type MemoryGitHub } from './memory-github.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import { tinyCommits } from './tiny-language.ts';

export const repositoryTenant = tenantId(100, 7);
export const ownerTenant = tenantId(100, 7, 'contoso');

export interface GitopsWorld {
  readonly github: MemoryGitHub;
  readonly store: MemoryStore;
  readonly clock: ReturnType<typeof testClock>;
  /** How deployments stand, by tenant and environment: `100.7.contoso staging`. */
  readonly standings: Map<string, EnvironmentStanding>;
  /** How drift stands, by tenant and environment. */
  readonly drifts: Map<string, DriftStanding>;
  /** What runs, by tenant and name: `100.7.contoso checkout`. */
  readonly live: Map<string, ObservedApp>;
  /** Delivers one message to its reaction of gitops, and no further. */
  deliver<Type extends MessageType>(type: Type, payload: PayloadOf<Type>): Promise<Run>;
  /** The same, and everything that gitops tells itself because of it. Answers what was emitted to others. */
  settle<Type extends MessageType>(type: Type, payload: PayloadOf<Type>): Promise<readonly EmittedMessage[]>;
  /** Payload of the last emitted message of the type. @throws when there is none. */
  last<Type extends MessageType>(type: Type): PayloadOf<Type>;
}

const edited = new Map<string, ReturnType<typeof editFile>>();

/** The same edit of the same file is made once for all worlds: a test that fails every call once makes many. */
function editedOnce(...[path, bytes, edits]: Parameters<typeof editFile>): ReturnType<typeof editFile> {
  const key = digestOf([path, Buffer.from(bytes).toString('base64'), edits]);
  const known = edited.get(key) ?? editFile(path, bytes, edits);
  edited.set(key, known);
  return known;
}

/** gitops over memory ports. `faults` wraps every port that leaves the process. */
export function gitopsWorld(planners: readonly Planner[] = [], faults?: Faults, commitsOf: (repository: RepositoryReader) => CommitReader = tinyCommits): GitopsWorld {
  const [github, store, clock] = [memoryGitHub(), memoryStore(), testClock()];
  const standings = new Map<string, EnvironmentStanding>();
  const drifts = new Map<string, DriftStanding>();
  const live = new Map<string, ObservedApp>();
  const wrap = <Port extends object>(port: Port): Port => faults?.wrap(port) ?? port;
  const repository = wrap(github.repository);
  const needs: GitopsNeeds = { store, clock, repository, commits: commitsOf(repository), reports: wrap(github.reports), proposals: wrap(github.proposals), editor: { edit: async (path, bytes, edits) => editedOnce(path, bytes, edits) }, installations: github.installations, planners, standing: async (tenant, environment) => standings.get(`${tenant} ${environment}`) ?? null, drift: async (tenant, environment) => drifts.get(`${tenant} ${environment}`) ?? null, live: wrap<LiveApps>({ app: async (tenant, _place, name) => live.get(`${tenant} ${name}`) ?? null }) };
  const reactions = gitops(needs).reactions;
  const reactionOn = (type: MessageType): Reaction | undefined => reactions.find(({ on }) => on === type);
  const run = (envelope: Envelope): Promise<Run> => {
    const reaction = reactionOn(envelope.eventType);
    if (reaction === undefined) throw new Error(`gitops does not react to ${envelope.eventType}`);
    return runToEnd(reaction, envelope, { store, clock });
  };

  async function follow(envelope: Envelope): Promise<readonly EmittedMessage[]> {
    const { outcomes } = await run(envelope);
    const emitted = outcomes.flatMap(({ emits }) => emits);
    const others = emitted.filter(({ type }) => reactionOn(type) === undefined);
    for (const message of emitted) {
      if (reactionOn(message.type) !== undefined) others.push(...(await follow(envelopeOf(message.type, message.tenantId, message.payload, clock))));
    }
    return others;
  }
  return {
    github,
    store,
    clock,
    standings,
    drifts,
    live,
    deliver: (type, payload) => run(envelopeOf(type, repositoryTenant, payload, clock)),
    last<Type extends MessageType>(type: Type): PayloadOf<Type> {
      const found = store.emitted.findLast((message) => message.type === type);
      if (found === undefined) throw new Error(`no ${type} was emitted`);
      // Type and payload were paired by `emit`.
      return found.payload as PayloadOf<Type>;
    },
    settle: (type, payload) => follow(envelopeOf(type, repositoryTenant, payload, clock)),
  };
}
