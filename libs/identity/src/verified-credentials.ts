import { createHmac, randomBytes } from 'node:crypto';
import type { Count } from '#platform/metrics/metrics.js';

const MAX_ENTRIES = 10_000;
/** Unless a longer grace asks for more. */
export const LIFETIME_MS = 900_000;

/**
 * Remembers that a password was verified for a user at a credential version, so that a warm password costs
 * microseconds. Only a hash under a key of this process is kept; nothing about rights or states is (promise P5).
 */
export class VerifiedCredentials {
  private readonly key = randomBytes(32);
  /** Key → expiry, milliseconds. A Map keeps insertion order: the one that expires first is first. */
  private readonly entries = new Map<string, number>();

  /** @param lifetimeMs for how long a password is remembered after it was last known to be right */
  constructor(
    private readonly lifetimeMs = LIFETIME_MS,
    private readonly now: () => number = Date.now,
    private readonly counts: { hit: Count; miss: Count } | null = null,
  ) {}

  /** True when exactly this password was verified for this user at this version a short while ago. */
  has(userId: number, version: number, password: string): boolean {
    return this.isFresh(this.keyOf(userId, version, password));
  }

  /** The same, for somebody who is known to be a user now: a password that is used stays warm. */
  renew(userId: number, version: number, password: string): boolean {
    const key = this.keyOf(userId, version, password);
    const found = this.isFresh(key);
    if (found) this.keep(key);
    return found;
  }

  remember(userId: number, version: number, password: string): void {
    this.keep(this.keyOf(userId, version, password));
  }

  private isFresh(key: string): boolean {
    const expiry = this.entries.get(key);
    const found = expiry !== undefined && expiry > this.now();
    this.counts?.[found ? 'hit' : 'miss'].inc();
    return found;
  }

  private keep(key: string): void {
    this.entries.delete(key);
    this.entries.set(key, this.now() + this.lifetimeMs);
    if (this.entries.size <= MAX_ENTRIES) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }

  private keyOf(userId: number, version: number, password: string): string {
    return createHmac('sha256', this.key).update(`${userId}:${version}:${password}`).digest('base64');
  }
}
