import { type Logger, pino } from 'pino';
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

/** JSON lines on stdout, each with the ids of its request or job. */
export function createLogger(name: string, level: string): Logger {
  const paths = SECRETS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.headers["${key}"]`]);
  return pino({
    name,
    level,
    base: { name, pid: process.pid },
    redact: { paths, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => ({ ...currentLogContext() }),
  });
}
