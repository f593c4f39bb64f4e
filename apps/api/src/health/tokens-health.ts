import { Inject, Injectable } from '@nestjs/common';
import { type Degraded, DownError } from '#platform/health/check-health.js';
import { certificateProblems, type KeyRing } from '#tokens/key-ring.js';
import { KEY_RING } from '#tokens/tokens.module.js';
import { TokenFactsService } from '../auth/token-facts.service.js';

/** How it stands with what tokens are made of. */
@Injectable()
export class TokensHealth {
  constructor(
    private readonly facts: TokenFactsService,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  /** Degraded while pulls are served without the database; throws when nothing is. */
  async checkFacts(): Promise<string | Degraded> {
    await this.facts.look();
    const { unconfirmed, serving } = this.facts.source;
    if (unconfirmed === null) return 'tokens are issued';
    if (!serving) throw new DownError('no tokens are issued while the database is away');
    return { degraded: 'pulls are served from facts confirmed earlier, pushes are refused', ...unconfirmed };
  }

  /** Degraded from thirty days before a certificate ends: somebody has to make a new one and tell the registries. */
  checkKeys(now: Date): string | Degraded {
    const problems = certificateProblems(this.keys, now);
    return problems.length === 0 ? 'all certificates are valid' : { degraded: problems.join('; ') };
  }
}
