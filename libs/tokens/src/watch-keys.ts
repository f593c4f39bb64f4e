import { X509Certificate } from 'node:crypto';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { KeyRing } from './key-ring.js';

const DAY_MS = 86_400_000;

/** Declares for how long the certificates of the keys are good: of the one that signs, and of the others. */
export function watchKeys(metrics: Metrics, ring: Omit<KeyRing, 'warnings'>, now: () => number = Date.now): void {
  const keys = endsOf(ring);
  metrics.gauge({
    name: 'portus_certificate_days_left',
    help: 'Days until the first certificate of a key ends; negative: it has expired, and registries refuse it.',
    labels: ['key', 'signs'],
    read: () =>
      keys.map(({ key, signs, end }) => ({
        labels: { key, signs: signs ? 'yes' : 'no' },
        value: (end - now()) / DAY_MS,
      })),
  });
}

/** When the first certificate of each key ends, milliseconds; of the key that signs also those that it sends along. */
function endsOf({ signing, published }: Omit<KeyRing, 'warnings'>): { key: string; signs: boolean; end: number }[] {
  return published.flatMap(({ keyId: key, certificates }) => {
    const signs = key === signing.keyId;
    const sent = signs ? (signing.x5c ?? []).map((der) => new X509Certificate(Buffer.from(der, 'base64'))) : [];
    const ends = [...certificates, ...sent].map(({ validTo }) => Date.parse(validTo));
    return ends.length === 0 ? [] : [{ key, signs, end: Math.min(...ends) }];
  });
}
