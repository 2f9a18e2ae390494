import type { DriftStanding } from '../../src/kernel/drift-standing.ts';
import type { JsonObject } from '../../src/kernel/desired-state.ts';
import type { EmittedMessage } from '../../src/kernel/envelope.ts';
import type { DriftFinding } from '../../src/kernel/messages/drift-detection.ts';
import type { Faults } from './delivery.ts';
import { driftStanding } from './drift-findings.ts';
import { ownerTenant } from './gitops-world.ts';
import { compiled } from './manifests.ts';
import type { ProposedText } from './memory-proposals.ts';
import { observedApp } from './observed.ts';
import { proposalsWorld, shopFiles, type Files, type ProposalsWorld } from './proposals-world.ts';

export const driftBranch = 'trueup/drift/prod/checkout';
export const driftCheckName = 'trueup/drift (prod, checkout)';

export interface RemediationWorld extends ProposalsWorld {
  /** How drift of `prod` stands a second later, of which nobody is told. */
  scanned(open: readonly DriftFinding[], over?: Partial<DriftStanding>): void;
  /** The same, and gitops is told. */
  found(open: readonly DriftFinding[], over?: Partial<DriftStanding>): Promise<void>;
  gone(resolved: readonly DriftFinding[], left?: readonly DriftFinding[]): Promise<void>;
  /** A person asks for it, a minute later. */
  asks(choice: 'keep-git' | 'keep-live', by?: string): Promise<void>;
  /** In `prod` the app runs as Git declares it, with another text in the places where a text stands; null: it is gone. */
  runs(from: string, to: string | null): void;
  /** A look for no reason. */
  look(): Promise<void>;
  /** The pull request that is open. */
  shown(): ProposedText | null;
  proposed(): Files;
  /** Merges what is proposed, a minute later. Answers the number. */
  merge(): Promise<number>;
  /** What the contexts were told. */
  told(): readonly EmittedMessage[];
}

/** gitops, and drift of `checkout` in `prod`. */
export async function remediationWorld(files: Files = shopFiles, faults?: Faults): Promise<RemediationWorld> {
  const world = proposalsWorld(faults);
  const { github, clock, drifts } = world;
  for (const login of ['octocat', 'intern']) github.setPermission(login, 'write');
  await world.push(files);
  const place = { environment: 'prod', service: 'checkout' };
  const now = (): string => new Date(clock.now()).toISOString();
  const proposed = (): Files => github.filesAt(github.branch(driftBranch) ?? '');
  const scanned: RemediationWorld['scanned'] = (open, over = {}) => {
    clock.advance(1000);
    drifts.set(`${ownerTenant} prod`, driftStanding(open, { scannedAt: now(), ...over }));
  };
  return {
    ...world,
    scanned,
    proposed,
    async found(open, over) {
      scanned(open, over);
      await world.settle('RuntimeDriftDetected', { environment: 'prod', open: [...open], opened: open.map(({ id }) => id) });
    },
    async gone(resolved, left = []) {
      scanned(left);
      const each = resolved.map(({ id, service, path, summary, firstSeenAt }) => ({ id, service, path, summary, firstSeenAt, resolvedAt: now(), how: 'remediated' as const }));
      await world.settle('RuntimeDriftResolved', { environment: 'prod', open: [...left], resolved: each });
    },
    async asks(choice, by = 'octocat') {
      clock.advance(60_000);
      await world.settle('ProposeRemediation', { ...place, choice, by });
    },
    runs(from, to) {
      const app = compiled(files).environments.find(({ name }) => name === 'prod')?.services.find(({ name }) => name === 'checkout')?.app;
      const text = JSON.stringify(app);
      if (to !== null && !text.includes(from)) throw new Error(`the app has no ${from}`);
      // What was written as JSON a moment ago.
      const raw = JSON.parse(text.replaceAll(from, to ?? '')) as JsonObject;
      if (to === null) world.live.delete(`${ownerTenant} checkout`);
      else world.live.set(`${ownerTenant} checkout`, observedApp({ raw }));
    },
    async look() {
      await world.settle('ProposeRemediation', { ...place, choice: null, by: null });
    },
    shown: () => github.proposed.get(world.open() ?? 0) ?? null,
    async merge() {
      clock.advance(60_000);
      const number = world.open() ?? 0;
      const files = proposed();
      const commit = github.commit('main', files, ['main', driftBranch].map((name) => github.branch(name) ?? ''));
      github.changePull(number, { state: 'closed', merged: true, mergeCommit: commit, mergedAt: now() });
      await world.push(files);
      await world.settle('FollowPullRequest', { number });
      return number;
    },
    told: () => world.store.emitted.filter(({ type }) => type === 'AcknowledgeDrift'),
  };
}
