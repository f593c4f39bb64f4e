import { expect, it } from 'vitest';
import { signatureOf } from './signature.js';

it('signs time and body with HMAC-SHA-256', () => {
  // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a shared secret'
  expect(signatureOf('a shared secret', '{"a":1}', 1_700_000_000_999)).toBe(
    't=1700000000,v1=ef23e49b675f867e011b03c7b15d2eea3779f42e414e32f844cdfbc0b5a8cb49',
  );
});

it('changes with the secret, the body and the second', () => {
  const all = [
    signatureOf('s', 'b', 1_000),
    signatureOf('t', 'b', 1_000),
    signatureOf('s', 'c', 1_000),
    signatureOf('s', 'b', 2_000),
  ];
  expect(new Set(all).size).toBe(4);
});
