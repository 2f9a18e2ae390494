import { existsSync } from 'node:fs';
import { startApp, type Role } from './app.ts';
import { readSettings } from './config.ts';
import { openLog } from './log.ts';

/** Whoever sends a SIGTERM sends a SIGKILL after 30 s. */
const exitWithinMs = 29_500;

/**
 * Runs a role until SIGTERM or SIGINT, then drains. @returns the exit code.
 * @throws {ConfigurationFault} when the environment is not complete, Error when it cannot start.
 */
export async function runRole(role: Role): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = readSettings(process.env);
  const log = openLog(settings.config.logLevel, role);
  const stop = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    process.on('unhandledRejection', (error) => {
      log.fatal({ err: error }, 'Something was rejected that nobody waits for');
      resolve('unhandledRejection');
    });
  });
  const app = await startApp(settings, role, log);
  const why = await stop;
  log.info({ why }, 'Trueup drains');
  const late = setTimeout(() => {
    log.error({ drainMs: exitWithinMs }, 'Trueup did not drain in time; what was cut is delivered again');
    process.exit(1);
  }, exitWithinMs);
  await app[Symbol.asyncDispose]();
  clearTimeout(late);
  return why === 'unhandledRejection' ? 1 : 0;
}
