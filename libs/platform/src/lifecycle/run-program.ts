import { ConfigurationError, loadSettings, type Settings } from '../config/settings.js';
import { createLogger, type Logger } from '../logging/logger.js';

/** sysexits.h EX_CONFIG: a supervisor need not try again. */
const EXIT_CONFIGURATION = 78;
/** A stop that takes longer than this is not graceful any more. */
const STOP_TIMEOUT_MS = 20_000;

/** What a program is made of: it was started, and can be stopped. */
export interface Running {
  stop(): Promise<void>;
}

/**
 * Runs a program until SIGTERM or SIGINT: reads the settings (a bad environment lists every error and exits 78),
 * starts it, and stops it gracefully once. A failed start exits 1. `alsoWrong` finds what is wrong with the things that
 * the environment names.
 */
export async function runProgram(
  name: string,
  alsoWrong: (env: NodeJS.ProcessEnv) => string[],
  start: (settings: Settings, logger: Logger) => Promise<Running>,
): Promise<void> {
  const settings = settingsOrExit(name, alsoWrong);
  const logger = createLogger(name, settings.logLevel);
  process.on('unhandledRejection', (error) => {
    logger.error({ err: error }, 'a promise was rejected and nobody listened');
  });
  const { warnings } = loadSettings(process.env);
  for (const warning of warnings) logger.warn(warning);
  let running: Running;
  try {
    running = await start(settings, logger);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      logger.fatal(`${name} does not start: ${error.message}`);
      process.exit(EXIT_CONFIGURATION);
    }
    logger.fatal({ err: error }, `${name} could not be started`);
    process.exit(1);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, `${name} is stopping`);
      setTimeout(() => process.exit(1), settings.drainSeconds * 1_000 + STOP_TIMEOUT_MS).unref();
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, `${name} could not be stopped in order`);
          process.exit(1);
        },
      );
    });
  }
}

function settingsOrExit(name: string, alsoWrong: (env: NodeJS.ProcessEnv) => string[]): Settings {
  const more = alsoWrong(process.env);
  try {
    const { settings } = loadSettings(process.env);
    if (more.length === 0) return settings;
    throw new ConfigurationError(more);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const all = new ConfigurationError([...new Set([...error.problems, ...more])]);
    process.stderr.write(`${name}: ${all.message}\n`);
    process.exit(EXIT_CONFIGURATION);
  }
}
