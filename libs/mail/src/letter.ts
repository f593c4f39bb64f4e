import type { Sealer } from '#platform/secrets/sealer.js';

/** What is sent to somebody. */
export interface Letter {
  to: string;
  subject: string;
  text: string;
}

const PURPOSE = 'mail';

/** A letter as it may be stored: what it holds may let somebody in. */
export function sealLetter(letter: Letter, sealer: Sealer): string {
  const { to, subject, text } = letter;
  return sealer.seal(JSON.stringify({ to, subject, text }), PURPOSE);
}

/** Throws UnsealError. */
export function unsealLetter(sealed: string, sealer: Sealer): Letter {
  return JSON.parse(sealer.unseal(sealed, PURPOSE)) as Letter;
}
