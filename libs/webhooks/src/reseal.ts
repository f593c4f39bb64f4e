import type { SealedText, WebhooksRepository } from '#persistence/webhooks.repository.js';
import { type Sealer, UnsealError } from '#platform/secrets/sealer.js';
import { SEALED } from './hook-request.js';

const AT_ONCE = 500;

/**
 * Seals what is sealed with a former key with the present one; returns how much. What nobody can read stays as it is, and
 * keeps nothing else from being sealed anew.
 */
export async function resealWebhooks(
  webhooks: Pick<WebhooksRepository, 'sealedOtherwise' | 'replaceSealed'>,
  sealer: Sealer,
  atOnce = AT_ONCE,
): Promise<number> {
  let done = 0;
  let last: SealedText | null = null;
  do {
    const texts: SealedText[] = await webhooks.sealedOtherwise(sealer.prefix, last, atOnce);
    for (const text of texts) if (await reseal(text, webhooks, sealer)) done += 1;
    last = texts.at(-1) ?? null;
  } while (last !== null);
  return done;
}

async function reseal(
  { kind, id, sealed }: SealedText,
  webhooks: Pick<WebhooksRepository, 'replaceSealed'>,
  sealer: Sealer,
): Promise<boolean> {
  try {
    await webhooks.replaceSealed(kind, id, sealed, sealer.seal(sealer.unseal(sealed, SEALED[kind]), SEALED[kind]));
    return true;
  } catch (error) {
    if (error instanceof UnsealError) return false;
    throw error;
  }
}
