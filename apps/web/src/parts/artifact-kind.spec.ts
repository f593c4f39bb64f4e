import { describe, expect, it } from 'vitest';
import { artifactKind } from './artifact-kind.js';

describe(artifactKind, () => {
  it.each([
    ['application/vnd.oci.image.config.v1+json', 'image'],
    ['application/vnd.docker.container.image.v1+json', 'image'],
    ['application/vnd.oci.image.index.v1+json', 'index'],
    ['application/vnd.docker.distribution.manifest.list.v2+json', 'index'],
    ['application/vnd.cncf.helm.config.v1+json', 'chart'],
    ['application/spdx+json', 'sbom'],
    ['application/vnd.cyclonedx+json', 'sbom'],
    ['application/vnd.dev.cosign.artifact.sig.v1+json', 'signature'],
    ['application/vnd.in-toto+json', 'attestation'],
    ['application/vnd.wasm.config.v1+json', null],
    ['<img src=x>', null],
  ])('%s: %s', (type, kind) => {
    expect(artifactKind(type)).toBe(kind);
  });
});
