const SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']);
/** Class 08 (connection exceptions), and a server that shuts down, has crashed, or does not take connections yet. */
const SQLSTATES = /^(?:08[0-9A-Z]{3}|57P0[123])$/;
/** What pg and its pool throw without any code. */
const MESSAGES = /Connection terminated|timeout exceeded when trying to connect|Query read timeout/;

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
