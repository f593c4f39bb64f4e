import { describe, expect, it } from 'vitest';
import { Sealer, UnsealError } from './sealer.js';

const OLD = 'old base '.repeat(5);
const NEW = 'new base '.repeat(5);
const sut = new Sealer(OLD);

describe(Sealer.name, () => {
  it.each(['', 'secret', 'ä€😀', 'x'.repeat(5_000)])('gives back what was sealed: %j', (plain) => {
    const sealed = sut.seal(plain, 'p');
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(sut.unseal(sealed, 'p')).toBe(plain);
  });

  it('shows neither what was sealed nor that two are the same', () => {
    const [one, two] = [sut.seal('secret', 'p'), sut.seal('secret', 'p')];
    expect(one).not.toBe(two);
    expect(one).not.toContain(Buffer.from('secret').toString('base64url'));
  });

  it('refuses another purpose, another key, and any changed byte', () => {
    const sealed = sut.seal('secret', 'p');
    expect(() => sut.unseal(sealed, 'q')).toThrow(UnsealError);
    expect(() => new Sealer(NEW).unseal(sealed, 'p')).toThrow(/PORTUS_SECRET_KEY_BASE/);
    const [version, id, nonce, body] = sealed.split('.') as [string, string, string, string];
    const flipped = (body.startsWith('A') ? 'B' : 'A') + body.slice(1);
    for (const bad of [
      [version, id, nonce, flipped],
      [version, id, 'AAAA', body],
      [version, id, nonce, ''],
    ]) {
      expect(() => sut.unseal(bad.join('.'), 'p')).toThrow(UnsealError);
    }
    for (const bad of ['', 'v1', 'v2.x.y.z', '....']) expect(() => sut.unseal(bad, 'p')).toThrow(UnsealError);
  });

  it('reads with a former key, seals with the present one, and tells them apart', () => {
    const both = new Sealer(NEW, [OLD]);
    const former = sut.seal('secret', 'p');
    expect(both.unseal(former, 'p')).toBe('secret');
    expect(both.isCurrent(former)).toBe(false);
    const present = both.seal('secret', 'p');
    expect(both.isCurrent(present)).toBe(true);
    expect(() => sut.unseal(present, 'p')).toThrow(UnsealError);
  });
});
