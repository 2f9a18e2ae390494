import type { DriftStanding } from '../../kernel/drift-standing.ts';
import { emit } from '../../kernel/envelope.ts';
import { repositoryTenantId, tenantIn, type TenantId } from '../../kernel/ids.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';
import { parseDuration } from '../domain/values/units.ts';
import type { GitopsNeeds } from '../needs.ts';
import { answeredBy } from '../proposals/answered-findings.ts';
import { driftId, loadProposal } from '../records/proposal.ts';
import { noRemediation, type RemediationChoice } from '../records/remediation.ts';
import { code, prose } from '../report/inert.ts';
import { count } from '../report/plan-text.ts';
import { dayAndTime } from '../report/times.ts';
import type { Act } from './act.ts';
import type { KnownEnvironment } from './targets.ts';

interface Asked {
  /** The repository's. */
  readonly tenant: TenantId;
  /** Login of who asked. */
  readonly by: string;
  /** Number of the pull request on which it was asked. */
  readonly pull: number;
  readonly environment: KnownEnvironment;
  readonly service: string;
  /** Null: as long as nothing changes. */
  readonly forMs: number | null;
}

interface DriftContext extends Asked {
  /** Null: nobody looks for drift there. */
  readonly standing: DriftStanding | null;
  /** Ids of the findings that people see on the pull request where it is asked; null elsewhere. */
  readonly shown: readonly string[] | null;
  readonly now: number;
}

/** `isHere`: it is asked on the pull request that answers the drift. */
export async function driftContext({ store, clock, drift }: Pick<GitopsNeeds, 'store' | 'clock' | 'drift'>, { isHere, ...asked }: Asked & { readonly isHere: boolean }): Promise<DriftContext> {
  const { tenant, environment, service } = asked;
  const [standing, proposal] = await Promise.all([drift(tenantIn(tenant, environment.tenant), environment.name), loadProposal(store, tenant, driftId(environment.name, service))]);
  return { ...asked, standing, shown: isHere ? (proposal.value?.remediation?.findings ?? null) : null, now: clock.now() };
}

export const onDrift: Readonly<Record<'adopt' | 'reapply' | 'ack', (context: DriftContext) => Act>> = {
  adopt: (context) => propose(context, 'keep-live', 'makes Git say what runs'),
  reapply: (context) => propose(context, 'keep-git', 'has Git applied again when it is merged'),
  ack: acknowledge,
};

function ownOpen({ standing, service }: DriftContext): readonly DriftFinding[] {
  return (standing?.open ?? []).filter((finding) => finding.service === service);
}

function propose(context: DriftContext, choice: RemediationChoice, does: string): Act {
  const { tenant, environment, service, by, standing, now } = context;
  const answered = answeredBy({ ...noRemediation, asked: { by, at: new Date(now).toISOString() } }, ownOpen(context), service);
  if (answered.length === 0) return { emits: [], said: nothing(context, ' that a pull request could answer') };
  const later = standing !== null && (standing.suppressed || standing.deploying.includes(service)) ? ' It follows when the deployment that runs there has ended.' : '';
  return {
    emits: [emit('ProposeRemediation', repositoryTenantId(tenant), { environment: environment.name, service, choice, by })],
    said: `The drift of ${code(service)} in ${code(environment.name)} (${count(answered.length, 'change')}) is answered by a pull request that ${does}.${later}`,
  };
}

function acknowledge(context: DriftContext): Act {
  const { tenant, environment, service, by, pull, forMs, shown, now } = context;
  const own = ownOpen(context);
  const seen = own.filter(({ id }) => shown?.includes(id) === true);
  const concerned = seen.length > 0 ? seen : own;
  if (concerned.length === 0) return { emits: [], said: nothing(context, '') };
  const until = forMs === null ? null : new Date(now + forMs).toISOString();
  const said = { findings: concerned.map(({ id }) => id), by, until, reason: `/trueup ack on pull request ${pull}` };
  return {
    emits: [emit('AcknowledgeDrift', tenantIn(tenant, environment.tenant), { environment: environment.name, service, ...said })],
    said: `The drift of ${code(service)} in ${code(environment.name)} (${count(concerned.length, 'finding')}) is left as it is until ${until === null ? 'Azure changes again' : prose(dayAndTime(until))}.`,
  };
}

function nothing({ standing, environment: { name }, service }: DriftContext, kind: string): string {
  if (standing === null || standing.scannedAt === null) return `Nobody has looked for drift in ${code(name)} yet.`;
  return `No drift of ${code(service)} is open in ${code(name)}${kind}.`;
}

const [shortest, longest] = ['1m', '90d'];

/** The time at the end of the words, and the words before it. */
export function durationIn(words: readonly string[]): { readonly forMs: number | null; readonly rest: readonly string[]; readonly problem: string | null } {
  const last = words.at(-1) ?? '';
  const ms = parseDuration(last.toLowerCase());
  if (ms === null) return { forMs: null, rest: words, problem: null };
  const isInRange = ms >= (parseDuration(shortest) ?? 0) && ms <= (parseDuration(longest) ?? 0);
  return { forMs: ms, rest: words.slice(0, -1), problem: isInRange ? null : `${code(last)} is out of range: say a time from ${code(shortest)} to ${code(longest)}, such as ${code('7d')}.` };
}
