import { setTimeout as sleep } from 'node:timers/promises';
import { outageAnswers } from '../support/outage-kinds.ts';
import { deployedAt, environmentsOf, toldAway, type Release } from '../support/outage-releases.ts';
import { outageWorld } from '../support/outage-world.ts';
import type { Proved } from './promise.ts';

const environments = 2;
const others = 1;
const scale = 60;
const probeMs = 30_000 / scale;
/** As long as five tries take. */
const heldMs = 5 * probeMs;
/** Ends a run that is broken; what holds takes a few seconds. */
const givenUpAfterMs = 90_000;

/**
 * Azure is away before Trueup's first call, so that nothing has to be deployed twice, and until everything was seen that is to be seen
 * meanwhile: no figure depends on how fast the machine is.
 */
export async function outageShort(): Promise<Proved> {
  await using world = await outageWorld({ hit: environments, others, env: { TRUEUP_BREAKER_PROBE_MS: String(probeMs), TRUEUP_CALL_MS: '3000', TRUEUP_CONCURRENCY: '8' } });
  const at = Date.now();
  const ofMain = (shops: typeof world.hit): Release => ({ at, commits: shops.map((shop) => ({ shop, commit: 'main' })) });
  const [hit, beside] = [ofMain(world.hit), ofMain(world.others)];
  world.azure.set(outageAnswers['503']);
  await world.startBot();
  const meanwhile = deployedAt(world, beside, givenUpAfterMs);
  const told = await toldInTime();
  const from = Date.now();
  const calls = world.azure.asked.length;
  await sleep(heldMs);
  const otherTimes = await meanwhile;
  const heldFor = Date.now() - from;
  const callsWhileHeld = world.azure.asked.length - calls;
  world.azure.set(null);
  const converged = await deployedAt(world, { at: Date.now(), commits: hit.commits }, givenUpAfterMs);
  return {
    run: { environments, otherEnvironments: others, timesShorter: scale, simulatedMinutes: Math.round((heldFor * scale) / 6000) / 10, outages: '503' },
    figures: {
      callsPerSecondWhileAway: Math.round((callsWhileHeld / ((heldFor * scale) / 1000)) * 1000) / 1000,
      callsWhileHeld,
      environmentsLost: environments - converged.length,
      attemptsSpent: world.attempts.spent,
      deadLetters: await world.attempts.deadLetters(),
      environmentsNotToldThatAzureIsAway: environments - told,
      otherTenantsNotDeployedMeanwhile: environmentsOf(beside) - otherTimes.length,
    },
  };

  async function toldInTime(): Promise<number> {
    let said = 0;
    while (said < environments && Date.now() < at + givenUpAfterMs) {
      await sleep(100);
      said = await toldAway(world, hit);
    }
    return said;
  }
}
