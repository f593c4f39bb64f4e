/** Media types of manifests (OCI image spec 1.1; Docker image manifest v2, schema 2). */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

const IMAGE_CONFIGS = new Set([
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
]);

/** What every blob is announced as. */
export const BLOB_MEDIA_TYPE = 'application/octet-stream';

/** True for an index or a manifest list, whose entries are manifests. */
export function isIndex(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

/** True when the config blob is an image's, which tells platform, date and labels. */
export function isImageConfig(mediaType: string | null): boolean {
  return mediaType !== null && IMAGE_CONFIGS.has(mediaType);
}
