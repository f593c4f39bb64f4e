import type { Scan } from '#domain/scan/scan.entity.js';
import type { Database } from './database.js';
import { type Listed, type Page, readPage } from './listing.js';

type ScanState = Scan['state'];

/** One scanner's work on one image, with where that is. */
export interface ListedScan {
  id: string;
  scanner: string;
  state: ScanState;
  reason: string | null;
  attempts: number;
  queuedAt: Date;
  dueAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  digest: string;
  /** When this scanner last gave a verdict of it; null: never. */
  verdictAt: Date | null;
  /** Where it is tagged, or an index that lists it; some of these places. */
  places: { tag_id: number; name: string }[];
}

/** Tags of one image that are told of. */
const MAX_PLACES = 5;

const PLACES = `
  SELECT coalesce(json_agg(json_build_object('tag_id', p.id, 'name', p.name) ORDER BY p.id), '[]') AS places
    FROM (SELECT DISTINCT g.id, r.full_name || ':' || g.name AS name
            FROM (SELECT m.id FROM manifests m WHERE m.digest = t.digest
                  UNION
                  SELECT c.parent_id FROM manifest_children c WHERE c.digest = t.digest) i
            JOIN tags g ON g.manifest_id = i.id
            JOIN repositories r ON r.id = g.repository_id AND r.registry_id = t.registry_id
           ORDER BY g.id LIMIT ${MAX_PLACES}) p`;

/** What is to be scanned, is being scanned and was: for administrators. */
export class ScanListRepository {
  constructor(private readonly database: Database) {}

  /** Newest first; of one state, or (null) all. */
  async page(state: ScanState | null, page: Page<'id'>): Promise<Listed<ListedScan>> {
    const source = {
      from: 'scans s',
      where: state === null ? '$1::text IS NULL' : 's.state = $1',
      values: [state],
      id: 's.id',
      idType: 'bigint',
      sorts: { id: { by: 's.id', type: 'bigint' } },
      columns: `s.id::text, s.scanner, s.state, s.reason, s.attempts, s.queued_at AS "queuedAt", s.due_at AS "dueAt",
        s.started_at AS "startedAt", s.ended_at AS "endedAt", t.digest, v.completed_at AS "verdictAt", w.places`,
      rows: `scans s JOIN scan_targets t ON t.id = s.target_id
        LEFT JOIN scan_verdicts v ON v.target_id = s.target_id AND v.scanner = s.scanner
        CROSS JOIN LATERAL (${PLACES}) w`,
    } as const;
    return readPage(this.database, source, page);
  }

  /** The target of a scan, and the digest that it is; null: there is no such scan. */
  async targetOf(id: string): Promise<{ targetId: string; digest: string } | null> {
    const [row] = await this.database.query<{ targetId: string; digest: string }>(
      `SELECT t.id::text AS "targetId", t.digest FROM scans s JOIN scan_targets t ON t.id = s.target_id WHERE s.id = $1::bigint`,
      [id],
    );
    return row ?? null;
  }

  /** How many scans there are in each state. All of them are counted. */
  async counts(): Promise<Partial<Record<ScanState, number>>> {
    const rows = await this.database.query<{ state: ScanState; n: number }>(
      'SELECT state, count(*)::int AS n FROM scans GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  }
}
