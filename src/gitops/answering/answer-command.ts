import type { EmittedMessage } from '../../kernel/envelope.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { CommandName } from '../report/commands.ts';
import { abort, pause, promote, resume, rollback, type Act, type ActContext } from './act.ts';
import { driftContext, durationIn, onDrift } from './act-on-drift.ts';
import { notApproved } from './approval.ts';
import { statusOf } from './status.ts';
import { targetOf, type Known, type KnownEnvironment, type Target } from './targets.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'repository' | 'commits' | 'standing' | 'drift'>;

export type EnvironmentCommand = Exclude<CommandName, 'plan' | 'help'>;

interface Asked {
  readonly name: EnvironmentCommand;
  readonly words: readonly string[];
  /** Login. */
  readonly by: string;
  /** Number of the pull request. */
  readonly pull: number;
}

/** What a command came to. */
export interface CommandAnswer {
  readonly reaction: '+1' | '-1' | 'confused';
  readonly emits: readonly EmittedMessage[];
  /** Markdown, inert. */
  readonly text: string;
}

/** Decides by what stands as the command is read; the contexts that get the messages look again. */
export async function answerCommand(needs: Needs, tenant: TenantId, known: Known, asked: Asked): Promise<CommandAnswer> {
  const { name, words, by, pull } = asked;
  if (name === 'status') return { reaction: '+1', emits: [], text: await statusOf(needs, tenant, known.environments) };
  const { forMs, rest, problem } = name === 'ack' ? durationIn(words) : { forMs: null, rest: words, problem: null };
  if (problem !== null) return { reaction: 'confused', emits: [], text: problem };
  const target = targetOf(name, rest, known);
  if ('problem' in target) return { reaction: 'confused', emits: [], text: target.problem };
  const refused = await notApproved(needs, tenant, { name, by, environments: target.environments });
  if (refused !== null) return { reaction: '-1', emits: [], text: refused };
  const acts = await Promise.all(target.environments.map((environment) => act(needs, tenant, { name, by, pull, forMs }, { ...target, environment, known })));
  const emits = acts.flatMap((one) => one.emits);
  const told = emits.length === 0 || name !== 'abort' ? acts : acts.filter((one) => one.emits.length > 0);
  return { reaction: emits.length > 0 ? '+1' : 'confused', emits, text: told.map(({ said }) => said).join('\n\n') };
}

interface Where extends Target {
  readonly environment: KnownEnvironment;
  readonly known: Known;
}

interface Acts extends Pick<Asked, 'by' | 'pull'> {
  /** For how long; null for as long as nothing changes. */
  readonly forMs: number | null;
  readonly name: Exclude<EnvironmentCommand, 'status'>;
}

const acting = { abort, rollback, pause, resume };

async function act(needs: Needs, tenant: TenantId, { name, by, pull, forMs }: Acts, { environment, services, known }: Where): Promise<Act> {
  const { standing, commits } = needs;
  if (name === 'adopt' || name === 'reapply' || name === 'ack') {
    const service = services[0] ?? '';
    const isHere = known.answers?.environment === environment.name && known.answers.service === service;
    return onDrift[name](await driftContext(needs, { tenant, by, pull, environment, service, forMs, isHere }));
  }
  if (name === 'promote') return promote({ tenant, environment }, await sourcesOf(commits, tenant, environment, known));
  const context: ActContext = { tenant, by, pull, environment, standing: await standing(tenantIn(tenant, environment.tenant), environment.name) };
  return acting[name](context, services);
}

/** Environments from which services of this one take their releases. */
async function sourcesOf(commits: Needs['commits'], tenant: TenantId, { name, commit }: KnownEnvironment, { environments }: Known): Promise<readonly string[]> {
  const declared = (await commits.at(tenant, commit)).environments.get(name);
  const sources = new Set((declared?.services ?? []).flatMap(({ promotion }) => promotion?.from ?? []));
  return environments.map((one) => one.name).filter((one) => sources.has(one));
}
