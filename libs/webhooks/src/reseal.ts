import type { WebhooksRepository } from '#persistence/webhooks.repository.js';
import { type Sealer, UnsealError } from '#platform/secrets/sealer.js';
import { SEALED } from './hook-request.js';

const AT_ONCE = 500;

/** Seals what is sealed with a former key with the present one; returns how much. What nobody can read stays as it is. */
export async function resealWebhooks(
  webhooks: Pick<WebhooksRepository, 'sealedOtherwise' | 'replaceSealed'>,
  sealer: Sealer,
): Promise<number> {
  let done = 0;
  for (const { kind, id, sealed } of await webhooks.sealedOtherwise(sealer.prefix, AT_ONCE)) {
    try {
      const anew = sealer.seal(sealer.unseal(sealed, SEALED[kind]), SEALED[kind]);
      await webhooks.replaceSealed(kind, id, sealed, anew);
      done += 1;
    } catch (error) {
      if (!(error instanceof UnsealError)) throw error;
    }
  }
  return done;
}
