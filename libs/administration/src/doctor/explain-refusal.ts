import type { RegistryProbe } from './registry-probe.js';

export interface Refusal {
  message: string;
  change: string;
}

export interface ChallengeFacts {
  service: string;
  realm: string;
  /** How far the registry's clock is ahead. */
  aheadMs: number;
}

/** Registries allow a minute of difference. */
const LEEWAY_MS = 60_000;

/**
 * Why a registry refuses the tokens of Portus: it says 401 and no more, so tokens that differ in one thing are tried
 * until one is taken. That one tells what differs.
 */
export async function explainRefusal(probe: RegistryProbe, facts: ChallengeFacts): Promise<Refusal> {
  const { service, aheadMs } = facts;
  if (Math.abs(aheadMs) > LEEWAY_MS && (await probe.believes(service, { aheadMs }))) {
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    return {
      message: `its clock is ${seconds} s ${aheadMs > 0 ? 'ahead' : 'behind'}, and it allows 60`,
      change: 'set the clock (chronyc makestep) of whoever is wrong; see the check "clock"',
    };
  }
  const issuer = await otherIssuer(probe, facts);
  if (issuer !== null) {
    return {
      message: `it expects tokens of the issuer ${issuer}`,
      change: `config.yml of the registry: auth.token.issuer: ${JSON.stringify(probe.issuer)}`,
    };
  }
  return keyRefusal(probe, service);
}

async function otherIssuer(probe: RegistryProbe, { service, realm }: ChallengeFacts): Promise<string | null> {
  const realmUrl = URL.canParse(realm) ? new URL(realm) : null;
  const hosts = [service, probe.registry.hostname, probe.registry.externalHostname ?? ''];
  const names = [realmUrl?.hostname, realmUrl?.host, realmUrl?.origin, ...hosts, ...hosts.map(withoutPort)];
  const guesses = [...names, 'portus.test.lan', 'portus', 'Portus', 'registry-token-issuer'];
  for (const issuer of new Set(guesses)) {
    if (!issuer || issuer === probe.issuer) continue;
    if (await probe.believes(service, { issuer })) return issuer;
  }
  return null;
}

const withoutPort = (host: string): string => host.replace(/:\d+$/, '');

async function keyRefusal(probe: RegistryProbe, service: string): Promise<Refusal> {
  const { keyId, x5c } = probe.signing;
  if (x5c !== null && (await probe.believes(service, { key: { ...probe.signing, x5c: null } }))) {
    return {
      message: `it knows the key ${keyId}, but does not trust the certificate that tokens carry`,
      change:
        'portus keys bundle -o <the file of auth.token.rootcertbundle>, and restart the registry; or unset PORTUS_CERT_PATH',
    };
  }
  const file = x5c === null ? 'auth.token.rootcertbundle (2.8) or auth.token.jwks (3.x)' : 'auth.token.rootcertbundle';
  const command = x5c === null ? 'portus keys bundle, or portus keys jwks' : 'portus keys bundle';
  return {
    message: `it does not trust the key ${keyId}, or expects another issuer than ${probe.issuer}`,
    change: `${command} -o <the file of ${file}>, and restart the registry; or its config.yml: auth.token.issuer: ${JSON.stringify(probe.issuer)}`,
  };
}
