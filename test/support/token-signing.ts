import { verify as verifySignature } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSigningKey } from '#tokens/make-signing-key.js';
import { loadSigningKey, type SigningKey } from '#tokens/signing-key.js';
import { TokenSigner, type AccessEntry } from '#tokens/token-signer.js';

const ISSUER = 'portus.test';
const SERVICE = 'registry.test';

/** A signing key with its certificate in a file, as a registry's `auth.token.rootcertbundle` wants it. */
export class TestSigning {
  private constructor(
    private readonly key: SigningKey,
    private readonly signer: TokenSigner,
    private readonly folder: string,
    private readonly certificatePath: string,
  ) {}

  static async make(): Promise<TestSigning> {
    const { keyPem, certificatePem } = await makeSigningKey({ commonName: ISSUER });
    const folder = await mkdtemp(join(tmpdir(), 'portus-signing-'));
    const certificatePath = join(folder, 'certificate.pem');
    await writeFile(certificatePath, certificatePem);
    const key = loadSigningKey(keyPem, certificatePem, new Date());
    return new TestSigning(key, new TokenSigner(key, ISSUER), folder, certificatePath);
  }

  /** `auth.token` of a registry that trusts these tokens; nobody listens at the realm. */
  get registryAuth(): { realm: string; service: string; issuer: string; rootcertbundle: string } {
    const realm = 'http://127.0.0.1:9/v2/token';
    return { realm, service: SERVICE, issuer: ISSUER, rootcertbundle: this.certificatePath };
  }

  /** A token with exactly this access. `ageSeconds` back-dates it; it lives for 300 seconds. */
  async sign(access: AccessEntry[], options: { subject?: string; ageSeconds?: number } = {}): Promise<string> {
    const { subject = 'portus', ageSeconds = 0 } = options;
    const now = Date.now() - ageSeconds * 1000;
    const { token } = await this.signer.sign({ subject, audience: SERVICE, access, lifetime: 300, now });
    return token;
  }

  /** What a registry does with an Authorization header: the subject, or null to refuse. */
  authorize(authorization: string | undefined, needed: AccessEntry[]): string | null {
    const [header = '', payload = '', signature = ''] = (authorization ?? '').replace(/^Bearer /, '').split('.');
    const key = { key: this.key.publicKey, dsaEncoding: 'ieee-p1363' as const };
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verifySignature('sha256', signed, key, Buffer.from(signature, 'base64url'))) return null;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      sub: string;
      exp: number;
      access: AccessEntry[];
    };
    if (claims.exp + 60 < Date.now() / 1000) return null;
    return needed.every((entry) => allows(claims.access, entry)) ? claims.sub : null;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function allows(granted: AccessEntry[], needed: AccessEntry): boolean {
  return needed.actions.every((action) =>
    granted.some(({ type, name, actions }) => {
      return type === needed.type && name === needed.name && (actions.includes(action) || actions.includes('*'));
    }),
  );
}
