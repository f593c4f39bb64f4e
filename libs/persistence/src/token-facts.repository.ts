import type { Action } from '#domain/naming/scope.js';
import type { NamespaceFacts } from '#domain/policy/facts.js';
import type { Database, Prepared } from './database.js';
import { Gather } from './gather.js';
import { FAILURES_COUNT_SECONDS } from './login-failures.repository.js';
import { IDLE_DAYS } from './refresh-tokens.repository.js';

/** A user as the token endpoint needs it. */
export interface UserFacts {
  id: number;
  username: string;
  passwordHash: string | null;
  credentialVersion: number;
  admin: boolean;
  enabled: boolean;
  locked: boolean;
  bot: boolean;
  service: boolean;
}

/** An application token as the token endpoint needs it. */
export interface ShownToken {
  id: number;
  expiresAt: Date | null;
  actions: Action[] | null;
  namespaces: string[] | null;
}

export interface TokenFacts {
  /** The registry of the asked service; null: no such service. */
  registryId: number | null;
  user: UserFacts | null;
  /** The application token by which the user was found. */
  token: ShownToken | null;
  /** By name; '' is the global namespace. */
  namespaces: Map<string, NamespaceFacts>;
  /** Whether wrong passwords for this name came from the same place a short while ago. Only told of a name. */
  doubted: boolean;
}

interface Row {
  /** Of the request, from 1. */
  place: number;
  registry_id: number;
  user_id: number | null;
  username: string;
  password_hash: string | null;
  credential_version: number;
  admin: boolean;
  enabled: boolean;
  locked: boolean;
  bot: boolean;
  service: boolean;
  token_id: number | null;
  expires_at: Date | null;
  actions: Action[] | null;
  token_namespaces: string[] | null;
  namespaces: (NamespaceFacts & { name: string })[] | null;
  doubted: boolean;
}

const NO_TOKEN = 'NULL::int AS token_id';

/** No join: the planner would read all memberships of somebody who has thousands, to find one. */
const ROLE = '(SELECT m.role FROM team_users m WHERE m.team_id = n.team_id AND m.user_id = u.id)';

/** No EXISTS: the planner could take a plan that reads the failures of everybody. */
const DOUBTED = `(SELECT true FROM login_failures f
                   WHERE f.username = q.username::citext AND f.address = q.source
                     AND f.failed_at > now() - interval '${FAILURES_COUNT_SECONDS} seconds' LIMIT 1) IS NOT NULL`;

/**
 * The facts of several requests; the columns of `$1` to `$3` are the service, the user name and the namespaces (a JSON
 * list) of each, `$4` the hash of what was shown, `$5` where the request comes from. Rows name the request that they
 * belong to by its place, from 1.
 */
const SELECT = (name: string, userJoin: string, { token = NO_TOKEN, doubted = 'false' } = {}): Prepared => ({
  name,
  text: `
    SELECT q.place::int, r.id AS registry_id, u.id AS user_id, u.username, u.password_hash, u.credential_version, u.admin,
           u.enabled, u.locked_at IS NOT NULL AS locked, u.bot, u.service, ${token}, n.list AS namespaces,
           ${doubted} AS doubted
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[]) WITH ORDINALITY
           AS q(service, username, namespaces, hash, source, place)
      CROSS JOIN LATERAL (
        SELECT id FROM registries WHERE hostname = q.service OR external_hostname = q.service LIMIT 1) r
      ${userJoin}
      LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object('id', n.id, 'name', n.name, 'kind', n.kind, 'visibility', n.visibility,
                                          'ownerId', n.owner_id, 'role', ${ROLE})) AS list
          FROM namespaces n
         WHERE n.registry_id = r.id
           AND n.name = ANY(ARRAY(SELECT jsonb_array_elements_text(q.namespaces::jsonb)))) n ON true`,
});

const BY_NAME = SELECT('token_facts_by_name', 'LEFT JOIN users u ON u.username = q.username::citext', {
  doubted: DOUBTED,
});
const BY_TOKEN = SELECT(
  'token_facts_by_token',
  `LEFT JOIN application_tokens t ON t.token_hash = q.hash AND (t.expires_at IS NULL OR t.expires_at > now())
   LEFT JOIN users u ON u.id = t.user_id AND u.username = q.username::citext`,
  { token: 't.id AS token_id, t.expires_at, t.actions, t.namespaces AS token_namespaces' },
);
const BY_REFRESH_TOKEN = SELECT(
  'token_facts_by_refresh_token',
  `LEFT JOIN refresh_tokens t ON t.token_hash = q.hash AND t.service = q.service AND t.expires_at > now()
        AND t.last_used_at > now() - interval '${IDLE_DAYS} days'
   LEFT JOIN users u ON u.id = t.user_id AND u.credential_version = t.credential_version`,
);

const STATEMENTS = { name: BY_NAME, 'application-token': BY_TOKEN, 'refresh-token': BY_REFRESH_TOKEN } as const;

/** How somebody is looked up: by name, or by the hash of something that only the person has. */
export type Lookup =
  /** `source`: from where wrong passwords for the name are looked for. */
  | { by: 'name'; username: string; source: string }
  | { by: 'application-token'; username: string; hash: Buffer }
  | { by: 'refresh-token'; hash: Buffer };

/** One request's question. */
interface Asked {
  service: string;
  username: string;
  namespaces: readonly string[];
  hash: Buffer | null;
  source: string;
}

/** No user has a longer name: it is not sent. */
const MAX_USERNAME = 255;
/** Requests of one query; one that comes alone does not wait for others. */
const TOGETHER = { most: 32, lanes: 4 };
const NOTHING: TokenFacts = { registryId: null, user: null, token: null, namespaces: new Map(), doubted: false };

/**
 * Everything that a token decision needs, in one query that begins after the request came (promise P5). Requests that
 * come at about the same time share a query: asking costs more than what is asked.
 */
export class TokenFactsRepository {
  private readonly gathers: Record<Lookup['by'], Gather<Asked, TokenFacts>>;

  constructor(private readonly database: Database) {
    const gather = (by: Lookup['by']) => new Gather((all: Asked[]) => this.findAll(STATEMENTS[by], all), TOGETHER);
    this.gathers = {
      name: gather('name'),
      'application-token': gather('application-token'),
      'refresh-token': gather('refresh-token'),
    };
  }

  /**
   * @param service as asked for; compared exactly with hostnames of registries
   * @param who a name of '' is anonymous; a user is found by a hash only if it is valid now
   * @param namespaces names of the namespaces that the scopes touch
   */
  async find(service: string, who: Lookup, namespaces: string[]): Promise<TokenFacts> {
    const username = who.by === 'refresh-token' || who.username.length > MAX_USERNAME ? '' : who.username;
    const [hash, source] = who.by === 'name' ? [null, who.source] : [who.hash, ''];
    return this.gathers[who.by].do({ service, username, namespaces, hash, source });
  }

  private async findAll(statement: Prepared, all: readonly Asked[]): Promise<TokenFacts[]> {
    const rows = await this.database.prepared<Row>(statement, [
      all.map(({ service }) => service),
      all.map(({ username }) => username),
      all.map(({ namespaces }) => JSON.stringify(namespaces)),
      all.map(({ hash }) => hash),
      all.map(({ source }) => source),
    ]);
    const found = new Map(rows.map((row) => [row.place, factsOf(row)]));
    return all.map((_, i) => found.get(i + 1) ?? NOTHING);
  }
}

function factsOf(row: Row): TokenFacts {
  return {
    registryId: row.registry_id,
    user: row.user_id === null ? null : userFacts(row, row.user_id),
    token: row.user_id === null || row.token_id === null ? null : shownToken(row, row.token_id),
    namespaces: new Map((row.namespaces ?? []).map(({ name, ...facts }) => [name, facts])),
    doubted: row.doubted,
  };
}

function userFacts(row: Row, id: number): UserFacts {
  return {
    id,
    username: row.username,
    passwordHash: row.password_hash,
    credentialVersion: row.credential_version,
    admin: row.admin,
    enabled: row.enabled,
    locked: row.locked,
    bot: row.bot,
    service: row.service,
  };
}

function shownToken({ expires_at: expiresAt, actions, token_namespaces: namespaces }: Row, id: number): ShownToken {
  return { id, expiresAt, actions, namespaces };
}
