import type { FactoryProvider, Type } from '@nestjs/common';
import { DenialsRepository } from '#persistence/denials.repository.js';
import { IdempotencyKeysRepository } from '#persistence/idempotency-keys.repository.js';
import { InboxRepository } from '#persistence/inbox.repository.js';
import { LoginFailuresRepository } from '#persistence/login-failures.repository.js';
import { PasswordResetsRepository } from '#persistence/password-resets.repository.js';
import { PullsRepository } from '#persistence/pulls.repository.js';
import { RefreshTokensRepository } from '#persistence/refresh-tokens.repository.js';
import { RemovedTagsRepository } from '#persistence/removed-tags.repository.js';
import { SessionsRepository } from '#persistence/sessions.repository.js';
import { SyncDifferencesRepository } from '#persistence/sync-differences.repository.js';
import { SyncRunsRepository } from '#persistence/sync-runs.repository.js';
import { WebhookDeliveriesRepository } from '#persistence/webhook-deliveries.repository.js';
import { WebhooksRepository } from '#persistence/webhooks.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Sealer } from '#platform/secrets/sealer.js';
import { resealWebhooks } from '#webhooks/reseal.js';
import { type Chore, CHORES } from './housekeeping.js';

/** Rows that one chore deletes in a tick. */
const AT_ONCE = 5_000;
const KEPT_RUNS = 200;
/** Of each registry and mode: what differed then is of no use for long. */
const KEPT_DIFFERENCES = 20;

function chore<T>(
  what: string,
  repository: Type<T>,
  run: (repository: T, settings: Settings) => Promise<unknown>,
): FactoryProvider<Chore> {
  return {
    provide: `chore: ${what}`,
    inject: [repository, SETTINGS],
    useFactory: (found: T, settings: Settings) => ({ what, run: () => run(found, settings) }),
  };
}

/** What grows for ever unless somebody deletes it. */
const ALL = [
  chore('notifications', InboxRepository, (inbox, settings) => inbox.purge(settings.eventRetention, AT_ONCE)),
  chore('removed tags', RemovedTagsRepository, (removed, settings) => removed.purge(settings.syncUndoDays, AT_ONCE)),
  chore('differences', SyncDifferencesRepository, (differences) => differences.purge(KEPT_DIFFERENCES)),
  chore('counts of pulls', PullsRepository, (pulls, settings) => pulls.purge(settings.pullRetention, AT_ONCE)),
  chore('sync runs', SyncRunsRepository, (runs) => runs.purge(KEPT_RUNS)),
  chore('login failures', LoginFailuresRepository, (failures) => failures.purge(AT_ONCE)),
  chore('refresh tokens', RefreshTokensRepository, (tokens) => tokens.purge(AT_ONCE)),
  chore('denials', DenialsRepository, (denials, settings) => denials.purge(settings.denialRetention, AT_ONCE)),
  chore('webhook deliveries', WebhookDeliveriesRepository, (deliveries, settings) =>
    deliveries.purge(settings.webhookRetention, AT_ONCE),
  ),
  chore('secrets sealed with a former key', WebhooksRepository, async (webhooks, settings) => {
    if (settings.secretKeyBasePrevious !== null) await resealWebhooks(webhooks, Sealer.of(settings));
  }),
  chore('password resets', PasswordResetsRepository, (resets) => resets.purge(AT_ONCE)),
  chore('idempotency keys', IdempotencyKeysRepository, (keys) => keys.purge(AT_ONCE)),
  chore('sessions', SessionsRepository, (sessions) => sessions.purge(AT_ONCE)),
];

export const choreProviders: FactoryProvider[] = [
  ...ALL,
  { provide: CHORES, inject: ALL.map(({ provide }) => provide), useFactory: (...chores: Chore[]) => chores },
];
