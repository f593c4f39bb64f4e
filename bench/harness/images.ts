import { inParallel } from '#catalog/in-parallel.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { TokenSigner } from '#tokens/token-signer.js';
import { buildImage } from '../../test/factories/image.js';
import { pushImage } from '../../test/support/push-image.js';
import { type House, ISSUER } from './house.js';

/** An image in the registry, and a token with which it can be read and written. */
export interface PushedImage {
  repository: string;
  tag: string;
  digest: string;
  configDigest: string;
  /** Bytes of the manifest. */
  size: number;
  mediaType: string;
  token: string;
}

const NAMESPACES = 10;
const PARALLEL_PUSHES = 8;
/** Pushing and all rounds must be over before a token ends, minutes. */
const TOKEN_LIFETIME_SECONDS = 3_600;

/** Pushes images over HTTP, each to a repository of its own: the case in which nothing can be shared between them. */
export async function pushImages(house: House, registryUrl: string, count: number): Promise<PushedImage[]> {
  const signer = new TokenSigner(loadSigningKey(house.keyPem, house.certificatePem, new Date()), ISSUER);
  const images: PushedImage[] = [];
  await inParallel(Array(count).keys(), PARALLEL_PUSHES, async (i) => {
    const [repository, tag] = [`bench-${i % NAMESPACES}/app-${i}`, 'v1'];
    const { token } = await signer.sign({
      subject: 'portus',
      audience: house.registryAuth.service,
      access: [{ type: 'repository', name: repository, actions: ['pull', 'push'] }],
      lifetime: TOKEN_LIFETIME_SECONDS,
      now: Date.now(),
    });
    const image = buildImage({ seed: String(i) });
    await pushImage({ url: registryUrl, repository, token }, tag, image);
    const { digest, body, mediaType } = image.manifest;
    images.push({ repository, tag, digest, mediaType, size: body.length, configDigest: image.config.digest, token });
  });
  return images;
}
