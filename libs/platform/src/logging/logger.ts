import { type DestinationStream, type Logger, pino, stdSerializers, symbols } from 'pino';
import { currentLogContext } from './request-context.js';

export type { Logger } from 'pino';

/** Members that must never reach a log, wherever an object carries them. */
const SECRETS = [
  'authorization',
  'portus-auth',
  'cookie',
  'password',
  'token',
  'refresh_token',
  'access_token',
  'secret',
];

/** Lines that nobody reads are dropped beyond this, bytes: a log that is stuck must not fill the memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Where errors of the database repeat values: parameters of the statement, and rows that broke a rule. */
const DATA_OF_ERRORS = ['parameters', 'detail', 'driverError'];

function describeError(error: Error): unknown {
  const described: unknown = stdSerializers.err(error);
  if (typeof described !== 'object' || described === null) return described;
  return Object.fromEntries(Object.entries(described).filter(([key]) => !DATA_OF_ERRORS.includes(key)));
}

/** JSON lines on stdout, each with the ids of its request or job. `destination` is for tests. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const paths = SECRETS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.headers["${key}"]`]);
  const options = {
    ...commonOptions(name, level),
    redact: { paths, censor: '[redacted]' },
    serializers: { err: describeError },
    mixin: () => ({ ...currentLogContext() }),
  };
  return pino(options, destination ?? standardOutput());
}

/**
 * A reader that is slow must not stop the event loop: while a write is under way, lines gather and go out together. What
 * gathered is written when the process ends by itself; only SIGKILL can take the last milliseconds with it.
 */
function standardOutput(): DestinationStream {
  return pino.destination({ fd: 1, sync: false, maxLength: MAX_WAITING_BYTES });
}

/**
 * Writes beside the given logger, for lines of hot paths whose members are few and known, can hold no secret, and name
 * their request themselves: no context is looked up, no secret is looked for. Together these cost more than the line.
 */
export function plainLogger(beside: Logger, name: string): Logger {
  const destination = (beside as unknown as Record<symbol, DestinationStream>)[symbols.streamSym]!;
  return pino(commonOptions(name, beside.level), destination);
}

function commonOptions(name: string, level: string) {
  return { name, level, base: { name, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
}
