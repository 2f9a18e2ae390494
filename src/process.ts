import { existsSync } from 'node:fs';
import { startApp, type Role } from './app.ts';
import { readSettings, secretVariables } from './config.ts';
import { openLog } from './log.ts';
import { startWatchdog } from './watchdog.ts';
import { processScrubbing } from './scrubbing.ts';

/** Whoever sends a SIGTERM sends a SIGKILL after 30 s. */
const exitWithinMs = 29_500;

/** It has to be started again. */
const faults = new Set(['unhandledRejection', 'died']);

/**
 * Runs a role until SIGTERM or SIGINT, or until it cannot go on, then drains. @returns the exit code.
 * @throws {ConfigurationFault} when the environment is not complete, Error when it cannot start.
 */
export async function runRole(role: Role): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = readSettings(process.env);
  forget(process.env);
  const scrub = processScrubbing(settings.secrets);
  const log = openLog(settings.config.logLevel, role, scrub.to('log'));
  const { blockedMs } = settings.config;
  await using _watchdog = blockedMs === 0 ? null : startWatchdog(blockedMs);
  const stop = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    process.on('unhandledRejection', (error) => {
      log.fatal({ err: error }, 'Something was rejected that nobody waits for');
      resolve('unhandledRejection');
    });
    // Node would print it with all that it holds.
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'Something was thrown that nobody caught');
      process.exit(1);
    });
  });
  const app = await startApp(settings, role, log, scrub);
  const died = app.died.then((reason) => {
    log.fatal({ reason }, 'Trueup cannot go on in this process');
    return 'died';
  });
  const why = await Promise.race([stop, died]);
  log.info({ why }, 'Trueup drains');
  const late = setTimeout(() => {
    log.error({ drainMs: exitWithinMs }, 'Trueup did not drain in time; what was cut is delivered again');
    process.exit(1);
  }, exitWithinMs);
  await app[Symbol.asyncDispose]();
  clearTimeout(late);
  return faults.has(why) ? 1 : 0;
}

/** What is started from here, and a diagnostic report of Node, get none of it. */
function forget(environment: NodeJS.ProcessEnv): void {
  for (const name of secretVariables) delete environment[name];
}
