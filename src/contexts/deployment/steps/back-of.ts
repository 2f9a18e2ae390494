import { appId, isForeign } from '../../../kernel/container-app.ts';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { NotAllowed, OutOfBounds, Rejected } from '../../../kernel/errors.ts';
import { backRollout, servingOf } from '../domain/back-rollout.ts';
import { goodBefore, servingEntry } from '../domain/ledger.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { leftOut, newRollout, type ServiceRollout } from '../domain/service-rollout.ts';
import type { DeploymentPorts } from '../ports.ts';
import type { Command } from './command.ts';
import { entryFromGit } from './entry-from-git.ts';
import { knownApp, servingName } from './known-app.ts';

interface Asked {
  readonly command: Command & { readonly unprovenOnly?: boolean | undefined };
  readonly desired: DesiredEnvironment;
  readonly name: string;
  /** As the deployment that brought it tells of it; null when none is remembered. */
  readonly brought: ServiceRollout | null;
}

/** One service on its way back, or left out with the reason; null where it was found good and only others are meant. What Azure refuses to one keeps no other from going back. */
export async function backOf(ports: DeploymentPorts, asked: Asked): Promise<ServiceRollout | null> {
  try {
    return await observed(ports, asked);
  } catch (error) {
    if (error instanceof NotAllowed) return notTakenBack(asked, 'Azure denies access to its container app', `Give Trueup's identity the rights on the resource group of ${asked.desired.name} that the installation guide lists, then ask again.`);
    if (error instanceof OutOfBounds) return notTakenBack(asked, error.message, error.needs);
    if (error instanceof Rejected) return notTakenBack(asked, `Azure refuses to show its container app${inWords(error)}`, 'Look at the container app in the Azure portal.');
    throw error;
  }
}

async function observed(ports: DeploymentPorts, asked: Asked): Promise<ServiceRollout | null> {
  const { command, desired, name } = asked;
  const { tenantId, environment } = command;
  const app = await ports.apps.observe(tenantId, appId(desired.azure, name), { aborted: false });
  if (app === null) return notTakenBack(asked, 'It has no container app', 'Name a service that runs.');
  if (isForeign(app, tenantId, environment)) return notTakenBack(asked, 'Its container app is managed by another repository or environment', 'Name a service of this environment.');
  const { value: known } = await knownApp(ports, tenantId, environment, app);
  const serving = servingOf(app, known, servingName(app));
  if (command.unprovenOnly === true && (serving.digest === null || servingEntry(known, serving) !== null)) return null;
  const target = goodBefore(known, serving);
  if (target === null) return notTakenBack(asked, 'There is no known-good release before the one that serves', 'Revert the commit, or merge a fix.');
  const isSame = ({ digest }: { readonly digest: string }): boolean => digest === target.digest;
  const fromGit = target.release === null ? await entryFromGit(ports, { tenantId, environment, service: name, commit: target.commit, app }, isSame) : null;
  const release = target.release ?? fromGit?.release ?? null;
  return { ...backRollout({ app, known, serving, target: { ...target, release }, brought: asked.brought ?? unremembered(asked) }, command), movingSince: ports.clock.now() };
}

/** A person wanted it gone, so it is not brought anew by itself either. */
function notTakenBack(asked: Asked, reason: string, needs: string): ServiceRollout {
  const { tenant, image, digest, revision, url } = asked.brought ?? unremembered(asked);
  return leftOut({ ...newRollout(asked.name), tenant, image, digest, revision, url, failed: true }, { reason, needs });
}

/** Git says whose it is. */
function unremembered({ name, desired }: Asked): ServiceRollout {
  return { ...newRollout(name), tenant: desired.services.find((one) => one.name === name)?.tenant ?? desired.tenant };
}
