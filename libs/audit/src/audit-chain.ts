import type { ActivitySealsRepository, Seal } from '#persistence/activity-seals.repository.js';
import { sealOf } from './seal.js';

/** Rows that one link covers at most: a link is read into memory whole. */
const ROWS_PER_SEAL = 1_000;
const SEALS_AT_ONCE = 100;

/** What a verification found. `brokenAt` is the first link that does not fit its rows and its former link. */
export interface Verdict {
  intact: boolean;
  seals: number;
  rows: number;
  unsealed: number;
  brokenAt: number | null;
  /** Of the last good link, hex: kept elsewhere, it gives away a chain that was made anew. */
  lastHash: string | null;
}

export interface VerifyOptions {
  signal?: AbortSignal;
  /** Called after each page of links. */
  onProgress?: (seals: number, rows: number) => void;
  /** Called with the hash of each good link, hex, in their order. */
  onLink?: (hash: string) => void;
}

/**
 * The chain over the audit log. Sealing takes rows that are committed, whoever wrote them and in whatever order they
 * became visible, so writers never wait for each other.
 */
export class AuditChain {
  constructor(private readonly seals: ActivitySealsRepository) {}

  /** Seals what waits, until nothing is left or the signal is given. @returns the rows that were sealed */
  async seal(signal?: AbortSignal): Promise<number> {
    let total = 0;
    let sealed = ROWS_PER_SEAL;
    while (sealed === ROWS_PER_SEAL && !isAborted(signal)) {
      sealed = await this.seals.seal(ROWS_PER_SEAL, sealOf);
      total += sealed;
    }
    return total;
  }

  /** Computes every link anew. Throws when the signal is given before the end. */
  async verify(options: VerifyOptions = {}): Promise<Verdict> {
    const state = { seals: 0, rows: 0, former: null as Buffer | null };
    let brokenAt: number | null = null;
    while (brokenAt === null) {
      options.signal?.throwIfAborted();
      const page = await this.seals.page(state.seals, SEALS_AT_ONCE);
      for (const seal of page) {
        if (!(await this.fits(seal, state.seals + 1, state.former))) {
          brokenAt = state.seals + 1;
          break;
        }
        state.seals = seal.id;
        state.rows += seal.rows;
        state.former = seal.hash;
        options.onLink?.(seal.hash.toString('hex'));
      }
      options.onProgress?.(state.seals, state.rows);
      if (page.length < SEALS_AT_ONCE) break;
    }
    brokenAt ??= await this.seals.firstUnknownSeal();
    const unsealed = await this.seals.countUnsealed();
    const lastHash = state.former?.toString('hex') ?? null;
    return { intact: brokenAt === null, seals: state.seals, rows: state.rows, unsealed, brokenAt, lastHash };
  }

  private async fits(seal: Seal, expectedId: number, former: Buffer | null): Promise<boolean> {
    if (seal.id !== expectedId) return false;
    // One more than it should be, so that rows which were slipped in are seen.
    const rows = await this.seals.rowsOf(seal.id, seal.rows + 1);
    return rows.length === seal.rows && sealOf(former, rows).equals(seal.hash);
  }
}

const isAborted = (signal?: AbortSignal): boolean => signal?.aborted === true;
