import { describe, expect, it } from 'vitest';
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from './media-types.js';
import { parseImageConfig, parseManifest } from './parse-manifest.js';

const hex = (character: string) => `sha256:${character.repeat(64)}`;
const parse = (mediaType: string, value: unknown) =>
  parseManifest(hex('f'), mediaType, Buffer.from(JSON.stringify(value)));

describe(parseManifest.name, () => {
  it('sums config and layers of a schema 2 image', () => {
    const facts = parse(DOCKER_MANIFEST, {
      schemaVersion: 2,
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: hex('a'), size: 10 },
      layers: [
        { mediaType: 'x', digest: hex('b'), size: 100 },
        { mediaType: 'x', digest: hex('c'), size: 1000 },
      ],
    });
    expect(facts).toMatchObject({ size: 1110, configDigest: hex('a'), mediaType: DOCKER_MANIFEST, children: [] });
  });

  it.each([OCI_INDEX, DOCKER_LIST])('lists the children of %s with their platforms', (mediaType) => {
    const facts = parse(mediaType, {
      manifests: [
        {
          mediaType: OCI_MANIFEST,
          digest: hex('a'),
          size: 400,
          platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
        },
        { mediaType: OCI_MANIFEST, digest: hex('b'), size: 400 },
      ],
    });
    expect(facts.children.map(({ digest, os, architecture, variant }) => [digest, os, architecture, variant])).toEqual([
      [hex('a'), 'linux', 'arm64', 'v8'],
      [hex('b'), null, null, null],
    ]);
  });

  it('keeps artifacts with their type and subject', () => {
    const facts = parse(OCI_MANIFEST, {
      artifactType: 'application/spdx+json',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: hex('a'), size: 2 },
      layers: [],
      subject: { mediaType: OCI_MANIFEST, digest: hex('b'), size: 400 },
      annotations: { kind: 'sbom', odd: 7 },
    });
    expect(facts).toMatchObject({
      artifactType: 'application/spdx+json',
      subjectDigest: hex('b'),
      annotations: { kind: 'sbom' },
    });
  });

  it.each([
    ['no fields at all', {}],
    ['fields of other types', { config: 'x', layers: 7, manifests: {}, subject: [] }],
    ['negative and huge sizes', { layers: [{ mediaType: 'x', digest: hex('a'), size: -5 }] }],
    ['a digest that is none', { config: { mediaType: 'x', digest: '../etc', size: 1 } }],
  ])('is lenient with %s', (_, value) => {
    expect(parse(OCI_MANIFEST, value)).toMatchObject({ size: 0, children: [] });
  });

  it.each(['', 'null', '[]', '"x"', '{'])('refuses %j, which is no JSON object', (text) => {
    expect(() => parseManifest(hex('f'), OCI_MANIFEST, Buffer.from(text))).toThrow(SyntaxError);
  });
});

describe(parseImageConfig.name, () => {
  it('reads platform, date and labels', () => {
    const config = {
      created: '2026-11-20T10:00:00Z',
      os: 'linux',
      architecture: 'amd64',
      config: { Labels: { a: 'b', n: 1 } },
    };
    expect(parseImageConfig(Buffer.from(JSON.stringify(config)))).toEqual({
      os: 'linux',
      architecture: 'amd64',
      variant: null,
      builtAt: new Date('2026-11-20T10:00:00Z'),
      labels: { a: 'b' },
    });
  });

  it.each(['', '{}', '[]', 'null', '{"config":{"Labels":null},"created":"yesterday"}'])(
    'gives empty facts for %j',
    (text) => {
      expect(parseImageConfig(Buffer.from(text))).toMatchObject({ os: null, builtAt: null, labels: {} });
    },
  );
});
