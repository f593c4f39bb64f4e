import type { MailState } from '#domain/mail/mail.entity.js';
import type { Database, Sql } from './database.js';

/** A mail whose attempt is counted already. */
export interface DueMail {
  id: string;
  sealed: string;
  attempts: number;
}

/** What an attempt leaves behind. */
export interface SettledMail {
  id: string;
  attempts: number;
  state: MailState;
  reason: string | null;
  /** Seconds until the next attempt; of one that waits. */
  pause: number;
}

export interface MailBacklog {
  waiting: number;
  dead: number;
  /** Since when the one waits, or was given up, that has been there the longest. */
  waitingSince: Date | null;
  deadSince: Date | null;
}

const DUE = `m.state = 'waiting' AND m.next_attempt_at <= now()`;
/** What has expired helps nobody any more; it is deleted with the reset that it belongs to. */
const GOOD = 'EXISTS (SELECT FROM password_resets p WHERE p.id = m.reset_id AND p.expires_at > now())';

/** Mails that wait to be sent. */
export class MailsRepository {
  constructor(private readonly database: Database) {}

  /** @param sealed the letter; it goes with the reset that it belongs to */
  async create(resetId: number, sealed: string, sql: Sql): Promise<void> {
    await sql.query('INSERT INTO mails (reset_id, sealed) VALUES ($1, $2)', [resetId, sealed]);
  }

  async hasDue(): Promise<boolean> {
    return (await this.database.query(`SELECT 1 FROM mails m WHERE ${DUE} AND ${GOOD} LIMIT 1`)).length > 0;
  }

  /**
   * Counts an attempt of the next mail that is due; null: there is none. Whoever dies with it has tried: it is due again
   * after so many seconds.
   */
  async begin(seconds: number): Promise<DueMail | null> {
    const [row] = await this.database.query<DueMail & Record<string, unknown>>(
      `UPDATE mails SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $1)
        WHERE id = (SELECT m.id FROM mails m WHERE ${DUE} AND ${GOOD}
                     ORDER BY m.next_attempt_at, m.id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id::text, sealed, attempts`,
      [seconds],
    );
    return row ?? null;
  }

  /** Not counted, and due at once: it was broken off. */
  async putBack({ id, attempts }: DueMail): Promise<void> {
    await this.database.query(
      `UPDATE mails SET attempts = attempts - 1, next_attempt_at = now()
        WHERE id = $1::bigint AND attempts = $2 AND state = 'waiting'`,
      [id, attempts],
    );
  }

  /** What is not to be sent any more is not kept. False when somebody else has tried it meanwhile, or it is gone. */
  async settle({ id, attempts, state, reason, pause }: SettledMail): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE mails SET state = $3, reason = left($4, 500), next_attempt_at = now() + make_interval(secs => $5),
                        sealed = CASE WHEN $3 = 'waiting' THEN sealed END
        WHERE id = $1::bigint AND attempts = $2 AND state = 'waiting' RETURNING 1`,
      [id, attempts, state, reason, pause],
    );
    return rows.length > 0;
  }

  /** Of what is not expired. */
  async backlog(): Promise<MailBacklog> {
    const [row] = await this.database.query<MailBacklog & Record<string, unknown>>(
      `SELECT count(*) FILTER (WHERE m.state = 'waiting')::int AS waiting,
              count(*) FILTER (WHERE m.state = 'dead')::int AS dead,
              min(m.created_at) FILTER (WHERE m.state = 'waiting') AS "waitingSince",
              min(m.created_at) FILTER (WHERE m.state = 'dead') AS "deadSince"
         FROM mails m WHERE m.state <> 'sent' AND ${GOOD}`,
    );
    return row!;
  }
}
