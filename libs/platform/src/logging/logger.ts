import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
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
    name,
    level,
    base: { name, pid: process.pid },
    redact: { paths, censor: '[redacted]' },
    serializers: { err: describeError },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => ({ ...currentLogContext() }),
  };
  return destination ? pino(options, destination) : pino(options);
}
