import { z } from 'zod';
import { ACTIONS } from '#domain/naming/scope.js';
import { RULE_ACTIONS } from '#domain/retention/retention-rule.entity.js';
import { SYNC_STRATEGIES } from '#domain/sync/strategy.js';
import { WEBHOOK_FIELDS, WEBHOOK_HEADER_FIELDS } from '#domain/webhook/webhook-input.js';
import { MAX_HEADERS } from '#persistence/webhook-headers.repository.js';
import { MAX_WEBHOOKS } from '#persistence/webhooks.repository.js';

export const EXPORT_FORMAT = 'portus-export';
/** Raised when a file could be misunderstood by those who know the former one only. */
export const EXPORT_VERSION = 1;

const text = z.string().max(10_000);
const name = z.string().min(1).max(255);
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal');
const moment = z.iso.datetime().nullable();
const position = z.number().int().min(1);
/** As the sealer writes it; only who has the key can tell what is in it. */
const sealed = z
  .string()
  .max(8_192)
  .regex(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]{22,}$/, 'is not sealed');
const visibility = z.enum(['private', 'protected', 'public']);
const days = z.number().int().nullable();

const SECTIONS = {
  registries: z.strictObject({
    name,
    hostname: name,
    external_hostname: name.nullable(),
    use_ssl: z.boolean(),
    unsigned_events: z.boolean(),
    sync_strategy: z.enum(SYNC_STRATEGIES).nullable(),
    webhook_secret_hash: hash.nullable(),
    webhook_secret_previous_hash: hash.nullable(),
  }),
  users: z.strictObject({
    username: name,
    email: name.nullable(),
    display_name: text.nullable(),
    password_hash: z
      .string()
      .regex(/^\$(argon2id|argon2i|argon2d|2[aby])\$/, 'is no hash of a password')
      .nullable(),
    admin: z.boolean(),
    enabled: z.boolean(),
    bot: z.boolean(),
    locked_at: moment,
  }),
  teams: z.strictObject({ name, description: text }),
  members: z.strictObject({ team: name, username: name, role: z.enum(['viewer', 'contributor', 'owner']) }),
  namespaces: z.strictObject({
    registry: name,
    name: z.string().max(255),
    kind: z.enum(['global', 'personal', 'team']),
    owner: name.nullable(),
    team: name.nullable(),
    visibility,
    description: text,
  }),
  retention_rules: z.strictObject({
    registry: name.nullable(),
    namespace: z.string().max(255).nullable(),
    name: text,
    position,
    action: z.enum(RULE_ACTIONS),
    enabled: z.boolean(),
    repository_pattern: text,
    tag_pattern: text,
    older_than: days,
    not_pulled_for: days,
    keep_latest: days,
  }),
  application_tokens: z.strictObject({
    username: name,
    application: name,
    token_hash: hash,
    expires_at: moment,
    actions: z.array(z.enum(ACTIONS)).nullable(),
    namespaces: z.array(z.string().max(255)).nullable(),
  }),
  webhooks: z.strictObject({
    registry: name,
    namespace: z.string().max(255),
    name: WEBHOOK_FIELDS.name.min(1),
    position: position.max(MAX_WEBHOOKS),
    url: WEBHOOK_FIELDS.url,
    origin: text,
    request_method: WEBHOOK_FIELDS.request_method,
    content_type: WEBHOOK_FIELDS.content_type,
    format: WEBHOOK_FIELDS.format,
    events: WEBHOOK_FIELDS.events,
    username: WEBHOOK_FIELDS.username.nullable(),
    password: sealed.nullable(),
    secret: sealed.nullable(),
    enabled: WEBHOOK_FIELDS.enabled,
    headers: z.array(z.strictObject({ name: WEBHOOK_HEADER_FIELDS.name, value: sealed })).max(MAX_HEADERS),
  }),
};

/** What a file of `portus export` holds. Passwords and tokens as hashes, secrets of webhooks sealed. */
export const exportDocument = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  exported_at: z.iso.datetime(),
  sections: z.strictObject(
    Object.fromEntries(
      Object.entries(SECTIONS).map(([section, item]) => [section, z.array(item).max(1_000_000).default([])]),
    ) as { [K in keyof typeof SECTIONS]: z.ZodDefault<z.ZodArray<(typeof SECTIONS)[K]>> },
  ),
});
export type ExportDocument = z.output<typeof exportDocument>;
