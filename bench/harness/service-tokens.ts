import { loadSigningKey } from '#tokens/signing-key.js';
import { type AccessEntry, TokenSigner } from '#tokens/token-signer.js';
import { type House, ISSUER } from './house.js';

/** All rounds must be over before a token ends. */
const LIFETIME_SECONDS = 3_600;

/** Signs tokens with which the benchmark itself reads and writes the house's registry. */
export function serviceTokens(house: House): (access: AccessEntry[]) => Promise<string> {
  const signer = new TokenSigner(loadSigningKey(house.keyPem, house.certificatePem, new Date()), ISSUER);
  return async (access) => {
    const request = { subject: 'portus', audience: house.registryAuth.service, access };
    const { token } = await signer.sign({ ...request, lifetime: LIFETIME_SECONDS, now: Date.now() });
    return token;
  };
}

/** What is needed to read a repository. */
export function pullOf(name: string): AccessEntry[] {
  return [{ type: 'repository', name, actions: ['pull'] }];
}
