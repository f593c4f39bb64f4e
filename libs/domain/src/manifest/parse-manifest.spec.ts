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

  it('replaces lone surrogates, which jsonb refuses, in every text', () => {
    const facts = parse(OCI_INDEX, {
      artifactType: 'a\ud800',
      config: { mediaType: 'c\udfff', digest: hex('c'), size: 1 },
      annotations: { 'k\ud800': 'v\udc00', pair: '\u{1f433}' },
      manifests: [
        {
          mediaType: 'm\ud800',
          digest: hex('a'),
          size: 1,
          platform: { os: 'o\ud800', architecture: 'r\ud800', variant: 'w\ud800' },
          annotations: { 'k\ud800': 'v' },
        },
      ],
    });
    expect(facts).toMatchObject({
      artifactType: 'a\ufffd',
      configMediaType: 'c\ufffd',
      annotations: { 'k\ufffd': 'v\ufffd', pair: '\u{1f433}' },
      children: [
        {
          mediaType: 'm\ufffd',
          os: 'o\ufffd',
          architecture: 'r\ufffd',
          variant: 'w\ufffd',
          annotations: { 'k\ufffd': 'v' },
        },
      ],
    });
    expect(JSON.stringify(facts)).not.toMatch(/\\ud[89a-f]/i);
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

  it('keeps labels within caps: two hundred, 8 KiB each, 64 KiB in all', () => {
    const read = (Labels: Record<string, string>) =>
      parseImageConfig(Buffer.from(JSON.stringify({ config: { Labels } }))).labels;
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, 'v']));
    expect(Object.keys(read(many))).toHaveLength(200);
    expect(read({ large: 'x'.repeat(8192), small: 'y' })).toEqual({ small: 'y' });
    const heavy = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 'ü'.repeat(4000)]));
    expect(Object.keys(read(heavy))).toHaveLength(8);
  });

  it('replaces lone surrogates of labels and platform', () => {
    const config = { os: 'o\ud800', variant: 'v\ud800', config: { Labels: { 'k\udc00': 'v\ud800' } } };
    expect(parseImageConfig(Buffer.from(JSON.stringify(config)))).toMatchObject({
      os: 'o\ufffd',
      variant: 'v\ufffd',
      labels: { 'k\ufffd': 'v\ufffd' },
    });
  });

  it.each([
    ['-200000-01-01T00:00:00Z', null],
    ['0000-12-31T23:59:59Z', null],
    ['+010000-01-01T00:00:00Z', null],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T00:00:00Z', '9999-12-31T00:00:00.000Z'],
  ])('takes dates that PostgreSQL can hold: %s', (created, expected) => {
    expect(parseImageConfig(Buffer.from(JSON.stringify({ created }))).builtAt?.toISOString() ?? null).toBe(expected);
  });

  it.each(['', '{}', '[]', 'null', '{"config":{"Labels":null},"created":"yesterday"}'])(
    'gives empty facts for %j',
    (text) => {
      expect(parseImageConfig(Buffer.from(text))).toMatchObject({ os: null, builtAt: null, labels: {} });
    },
  );
});
