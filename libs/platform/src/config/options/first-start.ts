import { bool, option, text } from './option.js';

const HOST_PORT = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;
const hostPort = text.regex(HOST_PORT, 'must be host or host:port, without a scheme');

/** What is made while there is none of it. */
export const FIRST_START = {
  initRegistryName: option(
    'PORTUS_INIT_REGISTRY_NAME',
    'First start',
    text.max(255),
    'registry',
    'Name of the registry that is made at the first start.',
  ),
  initRegistryHostname: option(
    'PORTUS_INIT_REGISTRY_HOSTNAME',
    'First start',
    hostPort,
    null,
    'host[:port] of that registry, also its `service`. Without it none is made.',
    { example: 'registry.example.test:5000' },
  ),
  initRegistryExternalHostname: option(
    'PORTUS_INIT_REGISTRY_EXTERNAL_HOSTNAME',
    'First start',
    hostPort,
    null,
    'host[:port] by which clients reach that registry, where it differs.',
    { example: 'registry.example.test' },
  ),
  initRegistryUseSsl: option(
    'PORTUS_INIT_REGISTRY_USE_SSL',
    'First start',
    bool,
    'false',
    'Whether that registry speaks TLS.',
  ),
  initRegistryWebhookSecret: option(
    'PORTUS_INIT_REGISTRY_WEBHOOK_SECRET',
    'First start',
    text
      .min(16, 'must have 16 characters or more')
      .max(512)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces: it travels in a header'),
    null,
    'Secret that its notifications carry (`Authorization: Bearer …`).',
    { secret: true, example: 'a long random secret' },
  ),
  initRegistryUnsignedEvents: option(
    'PORTUS_INIT_REGISTRY_UNSIGNED_EVENTS',
    'First start',
    bool,
    'false',
    'Whether its notifications may come without a secret, as an old Portus had them. Whoever reaches the api can then speak for it.',
  ),
  initAdminUsername: option(
    'PORTUS_INIT_ADMIN_USERNAME',
    'First start',
    text.max(255),
    'admin',
    'Name of the administrator that is made while there is none.',
  ),
  initAdminPassword: option(
    'PORTUS_INIT_ADMIN_PASSWORD',
    'First start',
    text.min(8, 'must have 8 characters or more'),
    null,
    'Password of that administrator. Without it none is made.',
    { secret: true, example: 'a long random password' },
  ),
} as const;
