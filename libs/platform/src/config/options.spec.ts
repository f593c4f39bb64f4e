import { describe, expect, it } from 'vitest';
import { OPTIONS } from './options.js';

it('each name is there once, and each group in one piece', () => {
  const names = Object.values(OPTIONS).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const groups = Object.values(OPTIONS).map(({ group }) => group);
  const pieces = groups.filter((group, i) => group !== groups[i - 1]);
  expect(new Set(pieces).size).toBe(pieces.length);
});

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
