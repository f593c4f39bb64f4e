import { parseOptions, verify } from '@node-rs/bcrypt';

/**
 * The highest cost that is verified. Each step doubles the time: 14 takes about a second, 31 would stall a thread for
 * days. Portus had 10, Devise has 12.
 */
const MAX_COST = 14;
const VERSIONS = new Set(['2a', '2b', '2y']);

/** True for a hash as bcrypt writes it: imported, and to be replaced at the next login. */
export function isBcrypt(stored: string): boolean {
  return stored.startsWith('$2');
}

/** Whether the password belongs to a bcrypt hash; false for a malformed hash and for one of an excessive cost. */
export async function verifyBcrypt(stored: string, password: string): Promise<boolean> {
  return isAffordable(stored) && verify(password, stored);
}

/** Read by the parser of the verifier itself, so that no odd spelling of a cost gets past the limit. */
function isAffordable(stored: string): boolean {
  try {
    const { version, cost } = parseOptions(stored);
    return VERSIONS.has(version) && cost <= MAX_COST;
  } catch {
    return false;
  }
}
