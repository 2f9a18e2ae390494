import { desiredStateReader } from '../../src/gitops/desired/desired-state-reader.ts';
import type { DesiredEnvironment } from '../../src/kernel/desired-state.ts';
import type { EmittedMessage } from '../../src/kernel/envelope.ts';
import type { DeploymentProgress } from '../../src/kernel/messages/deployment.ts';
import { deploymentWorld, type DeploymentWorld } from './deployment-world.ts';
import { gitopsWorld, ownerTenant, type GitopsWorld } from './gitops-world.ts';
import { manifest, tinyCommits } from './tiny-language.ts';

export interface SyncedWorld {
  readonly gitops: GitopsWorld;
  readonly deployment: DeploymentWorld;
  /** Secrets that do not exist, by binding. */
  readonly missing: Set<string>;
  /** A merge: everything that follows from it, to the end. Answers the commit. */
  push(environment: DesiredEnvironment): Promise<string>;
  /** A sync without a push: the schedule's, or with `recheck` a person's. */
  sync(recheck: boolean): Promise<void>;
  /** What the newest deployment of `staging` said last. */
  progress(): DeploymentProgress;
  images(): Promise<Readonly<Record<string, string>>>;
}

/** gitops and deployment over one store; the contexts between them answer at once. */
export function syncedWorld(): SyncedWorld {
  const gitops = gitopsWorld();
  const { store, clock, github } = gitops;
  const reader = desiredStateReader(tinyCommits(github.repository), store);
  const deployment = deploymentWorld(undefined, {}, { store, clock, reader });
  const missing = new Set<string>();

  async function answer({ type, payload }: EmittedMessage): Promise<void> {
    // What `emit` paired with one of the commands below.
    const about = payload as { environment: string; commit: string; generation: number; binding: string };
    const { environment, commit, generation } = about;
    if (type === 'ProvisionEnvironment') {
      const declared = await reader.at(ownerTenant, environment, commit);
      await deployment.send('RuntimeEnvironmentProvisioned', { environment, commit, generation, digest: declared?.digest ?? '', managedEnvironmentId: 'id', defaultDomain: 'd' });
    }
    if (type !== 'BindSecret') return;
    const secret = (await reader.at(ownerTenant, environment, commit))?.secrets.find(({ name }) => name === about.binding);
    if (secret === undefined) return;
    const named = { environment, commit, generation, binding: secret.name, tenant: secret.tenant };
    if (missing.has(secret.name)) await deployment.send('SecretBindingRefused', { ...named, reason: 'There is no such secret', needs: 'Create it in the vault.' });
    else await deployment.send('SecretBound', { ...named, digest: secret.digest });
  }

  /** Every message once, in the order in which it was emitted. */
  async function settle(from: number): Promise<void> {
    for (let next = from; next < store.emitted.length; next += 1) {
      const message = store.emitted[next];
      if (message === undefined) continue;
      if (message.type === 'Deploy' || message.type === 'RemediateDrift') {
        await deployment.send(message.type, message.payload);
        for (let ticks = 0; ticks < 4; ticks += 1) await deployment.tick();
      } else await answer(message);
      if (next === store.emitted.length - 1) await deployment.advance();
    }
  }
  const synced = async (recheck: boolean): Promise<void> => {
    const from = store.emitted.length;
    await gitops.settle('SyncRepository', recheck ? { reason: 'test', recheck } : { reason: 'test' });
    await settle(from);
  };
  return {
    gitops,
    deployment,
    missing,
    async push(environment) {
      const commit = github.commit('main', { 'trueup/all.yaml': manifest({ environment }) });
      await synced(false);
      return commit;
    },
    sync: synced,
    progress: () => deployment.progress(),
    async images() {
      const found = deployment.apps.list().map((app) => [app.id.name, imageIn(app.raw)] as const);
      return Object.fromEntries(found);
    },
  };
}

function imageIn(raw: unknown): string {
  // An app that `desiredService` declared.
  const { properties } = raw as { properties: { template: { containers: { image: string }[] } } };
  return properties.template.containers[0]?.image.split(':')[1] ?? '';
}
