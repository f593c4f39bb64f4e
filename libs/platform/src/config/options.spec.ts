import { describe, expect, it } from 'vitest';
import { OPTIONS } from './options.js';

describe('PORTUS_INIT_REGISTRY_WEBHOOK_SECRET', () => {
  const { schema } = OPTIONS.initRegistryWebhookSecret;

  it.each(['0123456789abcdef', '!"#$%&()*+,-./:;<=>?@[]^_{|}~'])('takes %s', (secret) => {
    expect(schema.safeParse(secret).success).toBe(true);
  });

  it.each(['a secret with some spaces', 'a-secret-with-pässword', 'a-secret-with-a\ttab', 'short'])(
    'refuses %j, which a registry could not send',
    (secret) => {
      expect(schema.safeParse(secret).success).toBe(false);
    },
  );
});
