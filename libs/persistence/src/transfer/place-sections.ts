import type { SyncStrategy } from '#domain/sync/strategy.js';
import type { Sql } from '../database.js';
import { personalTeam } from '../personal-namespaces.js';
import { insertRegistry, requireOwn } from '../write-registry.js';
import { idBy, type TransferItem, type TransferSection } from './section.js';

const REGISTRY = `jsonb_to_record($1::jsonb) AS i(name text, hostname text, external_hostname text, use_ssl boolean,
  unsigned_events boolean, sync_strategy text, webhook_secret_hash text, webhook_secret_previous_hash text)`;
const SECRETS = `webhook_secret_hash = decode(i.webhook_secret_hash, 'hex'),
  webhook_secret_previous_hash = decode(i.webhook_secret_previous_hash, 'hex')`;

export const REGISTRIES: TransferSection = {
  name: 'registries',
  key: ['hostname'],
  subject: 'registry',
  activities: { created: 'registry.create', replaced: 'registry.update' },
  read: `SELECT jsonb_build_object('name', name, 'hostname', hostname, 'external_hostname', external_hostname,
           'use_ssl', use_ssl, 'unsigned_events', unsigned_events, 'sync_strategy', sync_strategy,
           'webhook_secret_hash', encode(webhook_secret_hash, 'hex'),
           'webhook_secret_previous_hash', encode(webhook_secret_previous_hash, 'hex')) AS item
           FROM registries ORDER BY id`,
  async insert(sql, item) {
    await insertRegistry(sql, {
      name: item['name'] as string,
      hostname: item['hostname'] as string,
      externalHostname: item['external_hostname'] as string | null,
      useSsl: item['use_ssl'] as boolean,
      unsignedEvents: item['unsigned_events'] as boolean,
      syncStrategy: item['sync_strategy'] as SyncStrategy | null,
      webhookSecret: null,
    });
    const id = await idBy(
      sql,
      `UPDATE registries r SET ${SECRETS} FROM ${REGISTRY} WHERE r.hostname = i.hostname RETURNING r.id`,
      item,
    );
    await requireOwn(sql, id!);
    return id;
  },
  async update(sql, item) {
    const id = await idBy(
      sql,
      `UPDATE registries r SET name = i.name, external_hostname = i.external_hostname, use_ssl = i.use_ssl,
              unsigned_events = i.unsigned_events, sync_strategy = i.sync_strategy, ${SECRETS}, updated_at = now()
         FROM ${REGISTRY} WHERE r.hostname = i.hostname RETURNING r.id`,
      item,
    );
    if (id !== null) await requireOwn(sql, id);
    return id;
  },
};

const NAMESPACE = `jsonb_to_record($1::jsonb) AS i(registry text, name text, kind text, owner citext, team citext,
  visibility text, description text)`;

export const NAMESPACES: TransferSection = {
  name: 'namespaces',
  key: ['registry', 'name'],
  subject: 'namespace',
  activities: { created: 'namespace.create', replaced: 'namespace.change_visibility' },
  read: `SELECT jsonb_build_object('registry', r.hostname, 'name', n.name, 'kind', n.kind, 'owner', u.username,
           'team', CASE WHEN NOT t.hidden THEN t.name END, 'visibility', n.visibility, 'description', n.description) AS item
           FROM namespaces n JOIN registries r ON r.id = n.registry_id JOIN teams t ON t.id = n.team_id
           LEFT JOIN users u ON u.id = n.owner_id ORDER BY n.id`,
  insert: async (sql, item) => (item['team'] === null ? insertPersonal(sql, item) : insertOfTeam(sql, item)),
  update: (sql, item) =>
    idBy(
      sql,
      `UPDATE namespaces n SET visibility = i.visibility, description = i.description, updated_at = now(),
              team_id = coalesce((SELECT id FROM teams t WHERE t.name = i.team AND NOT t.hidden), n.team_id)
         FROM ${NAMESPACE} JOIN registries r ON r.hostname = i.registry
        WHERE n.registry_id = r.id AND n.name = i.name AND n.kind = i.kind RETURNING n.id`,
      item,
    ),
};

function insertOfTeam(sql: Sql, item: TransferItem): Promise<number | null> {
  return idBy(
    sql,
    `INSERT INTO namespaces (registry_id, name, kind, owner_id, team_id, visibility, description)
     SELECT r.id, i.name, i.kind, u.id, t.id, i.visibility, i.description
       FROM ${NAMESPACE} JOIN registries r ON r.hostname = i.registry JOIN teams t ON t.name = i.team AND NOT t.hidden
       LEFT JOIN users u ON u.username = i.owner RETURNING id`,
    item,
  );
}

/** null for one whose owner is not there, or has another personal namespace in that registry. */
async function insertPersonal(sql: Sql, item: TransferItem): Promise<number | null> {
  const [owner] = await sql.query<{ id: number; username: string }>(
    `SELECT u.id, u.username::text FROM ${NAMESPACE} JOIN users u ON u.username = i.owner WHERE i.kind = 'personal'`,
    [JSON.stringify(item)],
  );
  if (owner === undefined) return null;
  const teamId = await personalTeam(sql, owner.id, owner.username);
  const [made] = await sql.query<{ id: number }>(
    `INSERT INTO namespaces (registry_id, name, kind, owner_id, team_id, visibility, description)
     SELECT r.id, i.name, i.kind, $2, $3, i.visibility, i.description
       FROM ${NAMESPACE} JOIN registries r ON r.hostname = i.registry
      WHERE NOT EXISTS (SELECT FROM namespaces n WHERE n.registry_id = r.id AND n.kind = 'personal' AND n.owner_id = $2)
     RETURNING id`,
    [JSON.stringify(item), owner.id, teamId],
  );
  if (made === undefined) return null;
  await sql.query('UPDATE users SET namespace_id = coalesce(namespace_id, $2) WHERE id = $1', [owner.id, made.id]);
  return made.id;
}
