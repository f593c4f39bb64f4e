import { integer, networks, option } from './option.js';

/** How other systems are told of what happens. */
export const WEBHOOKS = {
  webhookNetworks: option(
    'PORTUS_WEBHOOKS_ALLOWED_NETWORKS',
    'Webhooks',
    networks,
    '',
    'Addresses or CIDR ranges, separated by commas, that webhooks may reach although they are private, loopback or link-local.',
  ),
  webhookTimeout: option(
    'PORTUS_WEBHOOKS_TIMEOUT',
    'Webhooks',
    integer(1, 60),
    '10',
    'Seconds that a receiver has to answer.',
  ),
  webhookAttempts: option(
    'PORTUS_WEBHOOKS_ATTEMPTS',
    'Webhooks',
    integer(1, 50),
    '12',
    'Attempts after which a delivery is given up (dead); it can be sent again by hand.',
  ),
  webhookBackoff: option(
    'PORTUS_WEBHOOKS_BACKOFF',
    'Webhooks',
    integer(1, 3_600),
    '10',
    'Seconds before the second attempt; the pause doubles with each further one, up to an hour.',
  ),
  webhookConcurrency: option(
    'PORTUS_WEBHOOKS_CONCURRENCY',
    'Webhooks',
    integer(1, 64),
    '8',
    'Webhooks that one worker delivers for at the same time; each gets its deliveries one by one.',
  ),
  webhookRetention: option(
    'PORTUS_WEBHOOKS_RETENTION_DAYS',
    'Webhooks',
    integer(1, 3650),
    '14',
    'Days for which deliveries are kept, whatever became of them.',
  ),
} as const;
