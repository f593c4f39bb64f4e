import type { KeyRing } from '#tokens/key-ring.js';

/** A key as the command line shows it. */
export interface KeyView {
  keyId: string;
  algorithm: string;
  signs: boolean;
  certificates: { subject: string; validFrom: string; validTo: string }[];
}

export function viewKeys({ signing, published }: KeyRing): KeyView[] {
  return published.map(({ keyId, algorithm, certificates }) => ({
    keyId,
    algorithm,
    signs: keyId === signing.keyId,
    certificates: certificates.map(({ subject, validFrom, validTo }) => ({
      subject: subject.replaceAll('\n', ', '),
      validFrom: new Date(validFrom).toISOString(),
      validTo: new Date(validTo).toISOString(),
    })),
  }));
}

/** One line for each key. */
export function describeKeys(keys: KeyView[]): string {
  return keys
    .map(({ keyId, algorithm, signs, certificates }) => {
      const dates = certificates.map(({ subject, validTo }) => `, ${subject} until ${validTo}`).join('');
      return `${signs ? 'signs  ' : 'trusted'} ${algorithm} ${keyId}${dates}\n`;
    })
    .join('');
}
