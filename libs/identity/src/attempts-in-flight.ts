export interface Entered {
  /** Other passwords of the same user from the same address that were being judged already. */
  ofPair: number;
  /** Attempts from the address that were being judged already, whoever was tried. */
  ofAddress: number;
  leave(): void;
}

/** Attempts to sign in that this process has not judged yet. */
export class AttemptsInFlight {
  private readonly addresses = new Map<string, number>();
  /** Pair → password hash → attempts. Many with the same password are one guess: clients send theirs in parallel. */
  private readonly pairs = new Map<string, Map<string, number>>();

  /** The caller must leave, whatever comes of the attempt. */
  enter(username: string, address: string, passwordHash: Buffer): Entered {
    const pair = JSON.stringify([username.toLowerCase(), address]);
    const hash = passwordHash.toString('base64');
    const passwords = this.pairs.get(pair) ?? new Map<string, number>();
    const ofPair = passwords.size - (passwords.has(hash) ? 1 : 0);
    const ofAddress = this.addresses.get(address) ?? 0;
    this.pairs.set(pair, passwords);
    add(passwords, hash, 1);
    add(this.addresses, address, 1);
    const leave = (): void => {
      add(passwords, hash, -1);
      add(this.addresses, address, -1);
      if (passwords.size === 0) this.pairs.delete(pair);
    };
    return { ofPair, ofAddress, leave };
  }
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
