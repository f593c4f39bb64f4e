import { RegistryError } from './errors.js';
import type { RegistryClient } from './registry-client.js';

const PATIENCE_MS = 10_000;

/**
 * null when a registry that speaks v2 answers there; else the reason, without anything of what was answered.
 *
 * @param make the client, which is closed afterwards; it may throw for an address that is none
 */
export async function reachabilityProblem(
  make: () => Pick<RegistryClient, 'ping' | 'close'>,
  signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS),
): Promise<string | null> {
  let client: Pick<RegistryClient, 'ping' | 'close'> | null = null;
  try {
    client = make();
    await client.ping(signal);
    return null;
  } catch (error) {
    if (client === null) return 'is not a hostname';
    const detail = error instanceof RegistryError ? error.message : 'no answer in time';
    return `Error: ${detail}`;
  } finally {
    await client?.close();
  }
}
