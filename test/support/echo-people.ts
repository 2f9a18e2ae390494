import { Conflict } from '../../src/kernel/errors.ts';
import type { EchoWorld } from './echo-world.ts';
import { services } from './echo-world.ts';
import type { PersonAtGitHub, PullSeen } from './person-at-github.ts';
import { anyCommand, pick } from './second-bot.ts';

interface Scene {
  readonly world: EchoWorld;
  readonly hand: PersonAtGitHub;
  readonly chance: () => number;
  /** Everything is handled, echoed and answered that comes within five minutes, and then what the clock starts. */
  readonly fiveMinutes: () => Promise<void>;
}

/** Each answers whether anything was done. */
type Deed = (scene: Scene) => Promise<boolean>;

/** What people do, each with how often among the others. */
const peopleDo: Readonly<Record<string, { readonly weight: number; readonly deed: Deed }>> = {
  opened: { weight: 2, deed: open },
  pushed: { weight: 2, deed: (scene) => onPull(scene, ({ state }) => state === 'open', ({ head }) => release(scene, head.ref)) },
  closed: { weight: 1, deed: (scene) => onPull(scene, ({ state }) => state === 'open', ({ number }) => scene.hand.setPull(number, 'closed')) },
  reopened: { weight: 1, deed: (scene) => onPull(scene, ({ state, merged_at }) => state === 'closed' && merged_at === null, ({ number }) => scene.hand.setPull(number, 'open')) },
  commented: { weight: 1, deed: (scene) => onPull(scene, () => true, ({ number }) => scene.hand.say(number, 'Looks good, thank you.')) },
  commanded: { weight: 3, deed: (scene) => onPull(scene, () => true, ({ number }) => scene.hand.say(number, anyCommand(scene.chance))) },
  merged: { weight: 2, deed: (scene) => onPull(scene, ({ state }) => state === 'open', ({ number }) => scene.hand.merge(number)) },
  pushedToMain: { weight: 1, deed: (scene) => release(scene, 'main') },
  editedInPortal: { weight: 3, deed: editInPortal },
  deletedOurComment: { weight: 1, deed: deleteComment },
  ranCheckAgain: { weight: 1, deed: (scene) => onCheck(scene, ({ id }) => scene.hand.runAgain(id)) },
  pressedButton: { weight: 1, deed: (scene) => onCheck(scene, ({ id, name }) => (name.startsWith('trueup/drift') ? scene.hand.press(id, pick(scene.chance, ['keep-git', 'keep-live', 'ack-7d'])) : Promise.resolve(false))) },
  waitedFiveMinutes: { weight: 1, deed: async ({ fiveMinutes }) => fiveMinutes().then(() => true) },
};

const all = Object.entries(peopleDo).flatMap(([name, { weight, deed }]) => Array.from({ length: weight }, () => ({ name, deed })));

/** What is not possible just now, such as merging what nobody opened, is not done. @returns the name of what was. */
export async function doAnything(scene: Scene): Promise<string> {
  for (;;) {
    const { name, deed } = pick(scene.chance, all);
    if (await deed(scene)) return name;
  }
}

async function open(scene: Scene): Promise<boolean> {
  const branch = `change-${Math.floor(scene.chance() * 1e9)}`;
  return (await scene.hand.branchFrom(branch, 'main')) && (await release(scene, branch)) && scene.hand.openPull(branch);
}

/** Another version of a service, and one time of eight a mistake. */
async function release({ hand, chance }: Scene, branch: string): Promise<boolean> {
  const path = `trueup/${pick(chance, services)}.yaml`;
  const text = await hand.text(path, branch);
  if (text === null) return false;
  const version = `1.${Math.floor(chance() * 90)}.${Math.floor(chance() * 90)}`;
  const wrong = chance() < 0.125;
  return hand.write(path, branch, text.replace(/:\d+\.\d+\.\d+$/m, `:${version}`).replace(/cpu: [\d.]+/, wrong ? 'cpu: 77' : 'cpu: 0.5'));
}

async function onPull({ hand, chance }: Scene, fits: (pull: PullSeen) => boolean, deed: (pull: PullSeen) => Promise<boolean>): Promise<boolean> {
  const found = (await hand.pulls()).filter(fits);
  return found.length > 0 && deed(pick(chance, found));
}

/** Of a pull request, or of what is deployed; those that answer drift come first. */
async function onCheck({ hand, chance }: Scene, deed: (check: { readonly id: number; readonly name: string }) => Promise<boolean>): Promise<boolean> {
  const pulls = (await hand.pulls()).filter(({ state }) => state === 'open');
  const heads = [...pulls.map(({ head }) => head.sha), ...pulls.flatMap(({ head }) => (head.ref.startsWith('trueup/drift') ? [head.sha, head.sha] : [])), 'main'];
  const checks = await hand.checks(pick(chance, heads));
  const drift = checks.filter(({ name }) => name.startsWith('trueup/drift'));
  return checks.length > 0 && deed(pick(chance, drift.length > 0 ? drift : checks));
}

/** Another number of replicas, and the two scans after which it is taken for drift. */
async function editInPortal({ world, chance, fiveMinutes }: Scene): Promise<boolean> {
  const service = pick(chance, services);
  if (!world.apps.list().some(({ id }) => id.name === service)) return false;
  const maxReplicas = 11 + Math.floor(chance() * 10);
  try {
    world.apps.byHand(world.app(service), { properties: { template: { revisionSuffix: `by-hand-${Math.floor(chance() * 1e9)}`, scale: { maxReplicas } } } });
  } catch (error) {
    // A deployment writes to it just now, and Azure takes one write at a time.
    if (error instanceof Conflict) return false;
    throw error;
  }
  for (const _scan of [1, 2]) await fiveMinutes();
  return true;
}

async function deleteComment({ hand, chance }: Scene): Promise<boolean> {
  const pulls = await hand.pulls();
  if (pulls.length === 0) return false;
  const own = (await hand.comments(pick(chance, pulls).number)).find((comment) => comment.performed_via_github_app !== null);
  return own !== undefined && hand.setComment(own.id, null);
}
