import { verify } from '@node-rs/bcrypt';

/**
 * The highest cost that is verified. Each step doubles the time: 14 takes about a second, 31 would stall a thread for
 * days. Portus had 10, Devise has 12.
 */
const MAX_COST = 14;
/** Version, cost, then salt and hash; nothing else, so that no odd spelling of a cost gets past the limit. */
const FORM = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;

/** True for a hash as bcrypt writes it: imported, and to be replaced at the next login. */
export function isBcrypt(stored: string): boolean {
  return stored.startsWith('$2');
}

/** bcrypt looks at so many bytes of a password; the rest may be anything. */
const MAX_BYTES = 72;

/** True for a password of which a bcrypt hash proves the beginning only. */
export function isBeyondBcrypt(password: string): boolean {
  return Buffer.byteLength(password) > MAX_BYTES;
}

/** Whether the password belongs to a bcrypt hash; false for a malformed hash and for one of an excessive cost. */
export async function verifyBcrypt(stored: string, password: string): Promise<boolean> {
  return isAffordable(stored) && verify(password, stored);
}

function isAffordable(stored: string): boolean {
  const cost = FORM.exec(stored)?.[1];
  return cost !== undefined && Number(cost) <= MAX_COST;
}
