import { createPrivateKey, createPublicKey } from 'node:crypto';
import { compactVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { compactSigner } from './compact-jws.js';
import { loadSigningKey } from './signing-key.js';
import { makeSigningKey } from './make-signing-key.js';

describe(compactSigner.name, () => {
  it.each(['ec', 'rsa'] as const)(
    'signs with a key of the kind %s what others verify, and nothing else',
    async (kind) => {
      const { keyPem } = await makeSigningKey({ commonName: 'portus.test', kind });
      const key = loadSigningKey(keyPem, null, new Date());
      const sign = compactSigner(key, { typ: 'JWT', alg: key.algorithm, kid: key.keyId });
      const publicKey = createPublicKey(createPrivateKey(keyPem));
      const [one, two] = await Promise.all([sign('{"sub":"ä"}'), sign('{"sub":"b"}')]);
      const { payload, protectedHeader } = await compactVerify(one, publicKey, { algorithms: [key.algorithm] });
      expect(Buffer.from(payload).toString('utf8')).toBe('{"sub":"ä"}');
      expect(protectedHeader).toEqual({ typ: 'JWT', alg: key.algorithm, kid: key.keyId });
      const [header, , signature] = one.split('.');
      await expect(compactVerify([header, two.split('.')[1], signature].join('.'), publicKey)).rejects.toThrow();
    },
  );
});
