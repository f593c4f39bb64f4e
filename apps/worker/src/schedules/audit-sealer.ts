import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AuditChain } from '#audit/audit-chain.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';

const TICK_MS = 5_000;

/** Seals the audit log. Ticks in every worker; only one seals at a time. */
@Injectable()
export class AuditSealer implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private busy = false;

  constructor(
    private readonly chain: AuditChain,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.chain.seal(this.stopping.signal);
    } catch (error) {
      this.logger.warn({ error: (error as Error).message }, 'the audit log could not be sealed');
    } finally {
      this.busy = false;
    }
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }
}
