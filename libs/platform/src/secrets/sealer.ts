import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface SealingKey {
  id: string;
  key: Buffer;
}

/** What was sealed can not be read: another `PORTUS_SECRET_KEY_BASE`, another purpose, or changed. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

/**
 * Keeps secrets that have to be used again, such as passwords for other systems: AES-256-GCM with a key that is derived
 * (HKDF, RFC 5869) from `PORTUS_SECRET_KEY_BASE`. A sealed text tells the id of its key, so that a former base serves
 * until everything is sealed anew.
 */
export class Sealer {
  private readonly keys: readonly [SealingKey, ...SealingKey[]];

  /** @param formers of which things may still be sealed */
  constructor(base: string, formers: readonly string[] = []) {
    this.keys = [keyOf(base), ...formers.map(keyOf)];
  }

  /** As the settings have them. */
  static of(settings: { secretKeyBase: string; secretKeyBasePrevious: string | null }): Sealer {
    const { secretKeyBase, secretKeyBasePrevious: former } = settings;
    return new Sealer(secretKeyBase, former === null ? [] : [former]);
  }

  /** `purpose`: what is sealed for one can not be read for another. */
  seal(plain: string, purpose: string): string {
    const [{ id, key }] = this.keys;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** Throws {@link UnsealError}. */
  unseal(text: string, purpose: string): string {
    const [version, id, nonce = '', sealed = ''] = text.split('.');
    const key = this.keys.find((one) => one.id === id);
    if (version !== VERSION || key === undefined) {
      throw new UnsealError('sealed with a key that is not known here (PORTUS_SECRET_KEY_BASE was changed)');
    }
    const bytes = Buffer.from(sealed, 'base64url');
    try {
      const decipher = createDecipheriv(ALGORITHM, key.key, Buffer.from(nonce, 'base64url'), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new UnsealError('the sealed text was changed', { cause });
    }
  }

  /** Whether it is sealed with the present key. */
  isCurrent(text: string): boolean {
    return text.startsWith(`${this.prefix}`);
  }

  /** How texts begin that are sealed with the present key. */
  get prefix(): string {
    return `${VERSION}.${this.keys[0].id}.`;
  }
}

/** The id tells nothing of the key: it is a hash of something else that is derived from the same base. */
function keyOf(base: string): SealingKey {
  const key = Buffer.from(hkdfSync('sha256', base, '', 'portus sealed secrets', 32));
  const seed = Buffer.from(hkdfSync('sha256', base, '', 'portus sealed secrets key id', 32));
  return { id: createHash('sha256').update(seed).digest('hex').slice(0, 8), key };
}
