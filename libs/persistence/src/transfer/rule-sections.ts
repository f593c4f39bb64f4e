import { idBy, type TransferItem, type TransferSection } from './section.js';
import type { Sql } from '../database.js';

const RULE = `jsonb_to_record($1::jsonb) AS i(registry text, namespace text, name text, position int, action text,
  enabled boolean, repository_pattern text, tag_pattern text, older_than int, not_pulled_for int, keep_latest int)`;
const RULE_COLUMNS = 'action enabled repository_pattern tag_pattern older_than not_pulled_for keep_latest'.split(' ');

/** Several of a place may have one name: `position` counts them. */
const NUMBERED_RULES = `(SELECT x.*, row_number() OVER (PARTITION BY x.namespace_id, x.name ORDER BY x.id) AS position
  FROM retention_rules x)`;

/** Of one namespace, or without one of all. */
export const RETENTION_RULES: TransferSection = {
  name: 'retention_rules',
  key: ['registry', 'namespace', 'name', 'position'],
  subject: 'retention_rule',
  activities: { created: 'retention.change', replaced: 'retention.change' },
  read: `SELECT jsonb_build_object('registry', r.hostname, 'namespace', n.name, 'name', x.name, 'position', x.position,
           ${RULE_COLUMNS.map((column) => `'${column}', x.${column}`).join(', ')}) AS item
           FROM ${NUMBERED_RULES} x LEFT JOIN namespaces n ON n.id = x.namespace_id
           LEFT JOIN registries r ON r.id = n.registry_id ORDER BY x.id`,
  insert: (sql, item) =>
    idBy(
      sql,
      `INSERT INTO retention_rules (namespace_id, name, ${RULE_COLUMNS.join(', ')})
       SELECT n.id, i.name, ${RULE_COLUMNS.map((column) => `i.${column}`).join(', ')}
         FROM ${RULE} LEFT JOIN registries r ON r.hostname = i.registry
         LEFT JOIN namespaces n ON n.registry_id = r.id AND n.name = i.namespace
        WHERE i.namespace IS NULL OR n.id IS NOT NULL RETURNING id`,
      item,
    ),
  update: (sql, item) =>
    idBy(
      sql,
      `UPDATE retention_rules t SET ${RULE_COLUMNS.map((column) => `${column} = i.${column}`).join(', ')}, updated_at = now()
         FROM ${RULE} LEFT JOIN registries r ON r.hostname = i.registry
         LEFT JOIN namespaces n ON n.registry_id = r.id AND n.name = i.namespace
         JOIN ${NUMBERED_RULES} x ON x.namespace_id IS NOT DISTINCT FROM n.id AND x.name = i.name AND x.position = i.position
        WHERE t.id = x.id RETURNING t.id`,
      item,
    ),
};

const HOOK = `jsonb_to_record($1::jsonb) AS i(registry text, namespace text, name text, position int, url text, origin text,
  request_method text, content_type text, format text, events text[], username text, password text, secret text,
  enabled boolean)
  JOIN registries r ON r.hostname = i.registry JOIN namespaces n ON n.registry_id = r.id AND n.name = i.namespace`;
const HOOK_COLUMNS = 'url origin request_method content_type format events username password secret enabled'.split(' ');
const NUMBERED_HOOKS = `(SELECT x.*, row_number() OVER (PARTITION BY x.namespace_id, x.name ORDER BY x.id) AS position
  FROM webhooks x)`;

/** Their secrets are sealed with PORTUS_SECRET_KEY_BASE, and stay so. */
export const WEBHOOKS: TransferSection = {
  name: 'webhooks',
  key: ['registry', 'namespace', 'name', 'position'],
  subject: 'webhook',
  activities: { created: 'webhook.create', replaced: 'webhook.update' },
  read: `SELECT jsonb_build_object('registry', r.hostname, 'namespace', n.name, 'name', x.name, 'position', x.position,
           ${HOOK_COLUMNS.map((column) => `'${column}', x.${column}`).join(', ')},
           'headers', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', h.name, 'value', h.value) ORDER BY h.id), '[]')
                         FROM webhook_headers h WHERE h.webhook_id = x.id)) AS item
           FROM ${NUMBERED_HOOKS} x JOIN namespaces n ON n.id = x.namespace_id
           JOIN registries r ON r.id = n.registry_id ORDER BY x.id`,
  insert: async (sql, item) => {
    const id = await idBy(
      sql,
      `INSERT INTO webhooks (namespace_id, name, ${HOOK_COLUMNS.join(', ')})
       SELECT n.id, i.name, ${HOOK_COLUMNS.map((column) => `i.${column}`).join(', ')} FROM ${HOOK} RETURNING id`,
      item,
    );
    return writeHeaders(sql, id, item);
  },
  update: async (sql, item) => {
    const id = await idBy(
      sql,
      `UPDATE webhooks t SET ${HOOK_COLUMNS.map((column) => `${column} = i.${column}`).join(', ')}, updated_at = now()
         FROM ${HOOK} JOIN ${NUMBERED_HOOKS} x ON x.namespace_id = n.id AND x.name = i.name AND x.position = i.position
        WHERE t.id = x.id RETURNING t.id`,
      item,
    );
    return writeHeaders(sql, id, item);
  },
};

async function writeHeaders(sql: Sql, id: number | null, item: TransferItem): Promise<number | null> {
  if (id === null) return null;
  await sql.query('DELETE FROM webhook_headers WHERE webhook_id = $1', [id]);
  await sql.query(
    `INSERT INTO webhook_headers (webhook_id, name, value)
     SELECT $1, h.name, h.value FROM jsonb_to_recordset($2::jsonb) AS h(name citext, value text)`,
    [id, JSON.stringify(item['headers'])],
  );
  return id;
}
