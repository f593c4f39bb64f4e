import { expect, it } from 'vitest';
import { Metrics } from '#platform/metrics/metrics.js';
import { makeSigningKey } from './make-signing-key.js';
import { readPublishedKeys } from './published-key.js';
import { loadSigningKey } from './signing-key.js';
import { watchKeys } from './watch-keys.js';

it('a scrape tells for how many days each certificate is good, and nothing of a key without one', async () => {
  const [one, two, bare] = await Promise.all(['a', 'b', 'c'].map((commonName) => makeSigningKey({ commonName })));
  const now = new Date();
  const signing = loadSigningKey(one!.keyPem, one!.certificatePem, now);
  const published = [one!.certificatePem, two!.certificatePem, bare!.keyPem].flatMap(
    (pem) => readPublishedKeys(pem, 'a file').keys,
  );
  const end = Date.parse(published[0]!.certificates[0]!.validTo);
  const metrics = new Metrics();
  watchKeys(metrics, { signing, published }, () => end - 2.5 * 86_400_000);
  const text = await metrics.scrape();
  expect(text).toContain(`portus_certificate_days_left{key="${signing.keyId}",signs="yes"} 2.5`);
  expect(text.match(/^portus_certificate_days_left\{/gm)).toHaveLength(2);
  expect(text).toMatch(new RegExp(`key="${published[1]!.keyId}",signs="no"`));
});
