import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { RefreshTokensRepository } from '#persistence/refresh-tokens.repository.js';
import { RemovedTagsRepository } from '#persistence/removed-tags.repository.js';
import { SyncDifferencesRepository } from '#persistence/sync-differences.repository.js';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { LOGGER, SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';

const TICK_MS = 60_000;
const PURGE_AT_ONCE = 5_000;
const KEPT_RUNS = 200;
/** Of each registry and mode: what differed then is of no use for long. */
const KEPT_DIFFERENCES = 20;

/** Deletes rows that have outlived their use, a bounded number at a time. */
@Injectable()
export class Housekeeping {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly runs: SyncRunsRepository,
    private readonly differences: SyncDifferencesRepository,
    private readonly removed: RemovedTagsRepository,
    private readonly failures: LoginFailuresRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Interval(TICK_MS)
  async tick(): Promise<void> {
    try {
      await this.inbox.purge(this.settings.eventRetention, PURGE_AT_ONCE);
      await this.removed.purge(this.settings.syncUndoDays, PURGE_AT_ONCE);
      await this.differences.purge(KEPT_DIFFERENCES);
      await this.runs.purge(KEPT_RUNS);
      await this.failures.purge(PURGE_AT_ONCE);
      await this.refreshTokens.purge(PURGE_AT_ONCE);
    } catch (error) {
      this.logger.warn({ error: (error as Error).message }, 'old rows could not be deleted');
    }
  }
}
