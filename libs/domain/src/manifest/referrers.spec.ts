import { describe, expect, it } from 'vitest';
import { companionOf, companionTagsOf, kindOfArtifact } from './referrers.js';

const HEX = 'a'.repeat(64);

describe(companionOf.name, () => {
  it.each([
    [`sha256-${HEX}.sig`, 'signature'],
    [`sha256-${HEX}.att`, 'attestation'],
    [`sha256-${HEX}.sbom`, 'sbom'],
    [`sha256-${HEX}`, null],
  ])('reads %s', (tag, kind) => {
    expect(companionOf(tag)).toEqual({ describes: `sha256:${HEX}`, kind });
  });

  it.each([
    'latest',
    `sha256-${HEX}.txt`,
    `sha256-${HEX}0`,
    `sha256-${HEX.toUpperCase()}.sig`,
    `x-sha256-${HEX}.sig`,
    '',
  ])('takes "%s" for an ordinary tag', (tag) => expect(companionOf(tag)).toBeNull());

  it('is the inverse of the names that a digest may have', () => {
    for (const tag of companionTagsOf(`sha256:${HEX}`)) expect(companionOf(tag)?.describes).toBe(`sha256:${HEX}`);
    expect(companionTagsOf('sha512:abc')).toEqual([]);
  });
});

describe(kindOfArtifact.name, () => {
  it.each([
    ['application/vnd.dev.cosign.artifact.sig.v1+json', 'signature'],
    ['application/vnd.cncf.notary.signature', 'signature'],
    ['application/vnd.dev.sigstore.bundle.v0.3+json', 'signature'],
    ['application/spdx+json', 'sbom'],
    ['application/vnd.cyclonedx+json', 'sbom'],
    ['application/vnd.in-toto+json', 'attestation'],
    ['application/vnd.example.thing', 'other'],
    [null, 'other'],
  ])('%s is "%s"', (type, kind) => expect(kindOfArtifact(type)).toBe(kind));
});
