import { idBy, type TransferSection, utc } from './section.js';

const USER = `jsonb_to_record($1::jsonb) AS i(username citext, email citext, display_name text, password_hash text,
  admin boolean, enabled boolean, bot boolean, locked_at timestamptz)`;

/** The service account follows the environment of each Portus. */
export const USERS: TransferSection = {
  name: 'users',
  key: ['username'],
  folded: ['username'],
  subject: 'user',
  activities: { created: 'user.create', replaced: 'user.update' },
  read: `SELECT jsonb_build_object('username', username, 'email', email, 'display_name', display_name,
           'password_hash', password_hash, 'admin', admin, 'enabled', enabled, 'bot', bot, 'locked_at', ${utc('locked_at')}) AS item
           FROM users WHERE NOT service ORDER BY id`,
  insert: (sql, item) =>
    idBy(
      sql,
      `INSERT INTO users (username, email, display_name, password_hash, admin, enabled, bot, locked_at)
       SELECT i.* FROM (SELECT username, email, display_name, password_hash, admin, enabled, bot, locked_at FROM ${USER}) i
       RETURNING id`,
      item,
    ),
  update: (sql, item) =>
    idBy(
      sql,
      `UPDATE users u SET email = i.email, display_name = i.display_name, password_hash = i.password_hash, admin = i.admin,
              enabled = i.enabled, bot = i.bot, locked_at = i.locked_at,
              credential_version = credential_version + 1, updated_at = now()
         FROM ${USER} WHERE u.username = i.username AND NOT u.service RETURNING u.id`,
      item,
    ),
};

const TOKEN = `jsonb_to_record($1::jsonb) AS i(username citext, application text, token_hash text, expires_at timestamptz,
  actions text[], namespaces text[])`;

export const APPLICATION_TOKENS: TransferSection = {
  name: 'application_tokens',
  key: ['username', 'application'],
  folded: ['username'],
  subject: 'application_token',
  activities: { created: 'application_token.create', replaced: 'application_token.create' },
  read: `SELECT jsonb_build_object('username', u.username, 'application', t.application,
           'token_hash', encode(t.token_hash, 'hex'), 'expires_at', ${utc('t.expires_at')}, 'actions', t.actions,
           'namespaces', t.namespaces) AS item
           FROM application_tokens t JOIN users u ON u.id = t.user_id WHERE NOT u.service ORDER BY t.id`,
  insert: (sql, item) =>
    idBy(
      sql,
      `INSERT INTO application_tokens (user_id, application, token_hash, expires_at, actions, namespaces)
       SELECT u.id, i.application, decode(i.token_hash, 'hex'), i.expires_at, i.actions, i.namespaces
         FROM ${TOKEN} JOIN users u ON u.username = i.username AND NOT u.service RETURNING id`,
      item,
    ),
  update: (sql, item) =>
    idBy(
      sql,
      `UPDATE application_tokens t SET token_hash = decode(i.token_hash, 'hex'), expires_at = i.expires_at,
              actions = i.actions, namespaces = i.namespaces
         FROM ${TOKEN} JOIN users u ON u.username = i.username
        WHERE t.user_id = u.id AND t.application = i.application RETURNING t.id`,
      item,
    ),
};

const TEAM = `jsonb_to_record($1::jsonb) AS i(name citext, description text)`;

/** Hidden teams stand behind personal and global namespaces, and come with those. */
export const TEAMS: TransferSection = {
  name: 'teams',
  key: ['name'],
  folded: ['name'],
  subject: 'team',
  activities: { created: 'team.create', replaced: 'team.change_team_description' },
  read: `SELECT jsonb_build_object('name', name, 'description', description) AS item FROM teams WHERE NOT hidden ORDER BY id`,
  insert: (sql, item) =>
    idBy(sql, `INSERT INTO teams (name, description) SELECT i.name, i.description FROM ${TEAM} RETURNING id`, item),
  update: (sql, item) =>
    idBy(
      sql,
      `UPDATE teams t SET description = i.description, updated_at = now() FROM ${TEAM}
        WHERE t.name = i.name AND NOT t.hidden RETURNING t.id`,
      item,
    ),
};

const MEMBER = `jsonb_to_record($1::jsonb) AS i(team citext, username citext, role text)
  JOIN teams t ON t.name = i.team AND NOT t.hidden JOIN users u ON u.username = i.username`;

export const MEMBERS: TransferSection = {
  name: 'members',
  key: ['team', 'username'],
  folded: ['team', 'username'],
  subject: 'team',
  activities: { created: 'team.add_member', replaced: 'team.change_member_role' },
  read: `SELECT jsonb_build_object('team', t.name, 'username', u.username, 'role', m.role) AS item
           FROM team_users m JOIN teams t ON t.id = m.team_id JOIN users u ON u.id = m.user_id
          WHERE NOT t.hidden ORDER BY m.id`,
  insert: (sql, item) =>
    idBy(
      sql,
      `INSERT INTO team_users (team_id, user_id, role) SELECT t.id, u.id, i.role FROM ${MEMBER} RETURNING team_id AS id`,
      item,
    ),
  update: (sql, item) =>
    idBy(
      sql,
      `UPDATE team_users m SET role = i.role, updated_at = now() FROM ${MEMBER}
        WHERE m.team_id = t.id AND m.user_id = u.id RETURNING m.team_id AS id`,
      item,
    ),
};
