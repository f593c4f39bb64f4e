/** Also a name that nobody knows: that of a container which does not run is such a one. */
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** Class 08 (connection exceptions), and a server that shuts down, has crashed, or does not take connections yet. */
const SQLSTATES = /^(?:08[0-9A-Z]{3}|57P0[123])$/;
/** What pg and its pool throw without any code when their time is over. */
const SILENCE = /timeout exceeded when trying to connect|Query read timeout/;
const MESSAGES = new RegExp(`Connection terminated|${SILENCE.source}`);
/** Data exceptions: a value that the database can not read. */
const BAD_VALUE = /^22[0-9A-Z]{3}$/;
/** character_not_in_repertoire: a NUL in a text. */
const BAD_TEXT = '22021';

/**
 * Whether an error says that the database can not be reached now, so that the same may succeed later; anything else is
 * about the statement itself.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && (SYSTEM_CODES.has(code) || SQLSTATES.test(code))) return true;
  return MESSAGES.test(error.message) || (driverError !== error && isUnavailable(driverError));
}

/** `foreign_key_violation`. */
const GONE = '23503';

/** Whether a row was to be written that refers to one which somebody else has just deleted. */
export function isAboutGoneRow(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === GONE;
}

/** Whether nobody answered in time, so that more of the same would wait as long. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && SILENCE.test(error.message);
}

/** Whether the database is there and refuses a value that it was given: what was asked is wrong, nothing else is. */
export function isAboutValue(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && BAD_VALUE.test(code);
}

/** Whether a text was given that PostgreSQL has no way to keep: one with a NUL in it. */
export function isUnstorableText(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === BAD_TEXT;
}

/** Whether PostgreSQL ended the transaction because others waited for it in a circle: the same may be tried again. */
export function isDeadlock(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  return code === '40P01' || (driverError !== undefined && driverError !== error && isDeadlock(driverError));
}
