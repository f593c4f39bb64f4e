import type { X509Certificate } from 'node:crypto';

const DAY_MS = 86_400_000;
/** Time enough to make a new one and to bring it to the registries. */
const SOON_DAYS = 30;

/** Whether one certificate carries the signature of the other, as its issuer. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** What is wrong with its dates at `now`; null: nothing. Registries check them against their clock without leeway. */
export function problemOfDates({ validFrom, validTo }: X509Certificate, now: Date): string | null {
  if (now < new Date(validFrom)) return `is not valid before ${validFrom}`;
  return now > new Date(validTo) ? `has expired on ${validTo}` : null;
}

/** When a certificate that is valid at `now` ends within thirty days: its last moment; else null. */
export function endsSoon({ validTo }: X509Certificate, now: Date): string | null {
  return Date.parse(validTo) - now.getTime() < SOON_DAYS * DAY_MS ? validTo : null;
}
