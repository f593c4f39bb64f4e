import { describe, expect, it } from 'vitest';
import { buildAnswer, buildErrorAnswer } from '../../../test/factories/answer.js';
import { buildImage } from '../../../test/factories/image.js';
import { readDeletion, readManifest, readManifestHead } from './manifests.js';

const { manifest } = buildImage();
const OTHER = `sha256:${'f'.repeat(64)}`;
const TYPE = { 'content-type': manifest.mediaType };
const code = (code: string): object => expect.objectContaining({ code });

describe(readManifest.name, () => {
  it('computes the digest itself', () => {
    const { digest, mediaType, body } = manifest;
    const found = { state: 'found', digest, mediaType, body, size: body.length };
    expect(readManifest(buildAnswer(200, body, TYPE), 'v1', false)).toEqual(found);
    expect(readManifest(buildAnswer(200, body, { ...TYPE, 'docker-content-digest': digest }), digest, false)).toEqual(
      found,
    );
  });

  it.each([
    [
      'another digest was announced',
      buildAnswer(200, manifest.body, { ...TYPE, 'docker-content-digest': OTHER }),
      'v1',
    ],
    ['another digest was asked for', buildAnswer(200, manifest.body, TYPE), OTHER],
    ['a byte is missing', buildAnswer(200, manifest.body.subarray(1), TYPE), manifest.digest],
  ])('refuses a manifest when %s', (_, answer, reference) => {
    expect(() => readManifest(answer, reference, false)).toThrow(code('DIGEST_MISMATCH'));
  });

  it.each([
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'application/vnd.docker.distribution.manifest.v1+json',
    'application/vnd.example.future.v1+json',
  ])('can not read the kind %j', (type) => {
    const answer = buildAnswer(200, manifest.body, { 'content-type': type });
    expect(() => readManifest(answer, 'v1', false)).toThrow(code('UNSUPPORTED_MEDIA_TYPE'));
  });

  it.each(['text/html', 'application/json', 'application/vndx', ''])('takes type %j for no manifest at all', (type) => {
    const answer = buildAnswer(200, manifest.body, { 'content-type': type });
    expect(() => readManifest(answer, 'v1', false)).toThrow(code('BAD_ANSWER'));
  });

  it('is unchanged only when that was asked', () => {
    expect(readManifest(buildAnswer(304), 'v1', true)).toEqual({ state: 'unchanged' });
    expect(() => readManifest(buildAnswer(304), 'v1', false)).toThrow(code('HTTP_ERROR'));
  });

  it.each(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'])('is absent by %s', (absence) => {
    expect(readManifest(buildErrorAnswer(404, absence), 'v1', true)).toEqual({ state: 'absent', code: absence });
  });

  it.each([
    [buildAnswer(404, '<html>', { 'content-type': 'text/html' }), 'HTTP_ERROR'],
    [buildErrorAnswer(404, 'NAME_INVALID'), 'NAME_INVALID'],
    [buildErrorAnswer(400, 'MANIFEST_UNKNOWN'), 'MANIFEST_UNKNOWN'],
    [buildErrorAnswer(401, 'UNAUTHORIZED'), 'UNAUTHORIZED'],
  ])('is not absent by anything else', (answer, expected) => {
    expect(() => readManifest(answer, 'v1', false)).toThrow(code(expected));
  });
});

describe(readManifestHead.name, () => {
  const headers = { ...TYPE, 'docker-content-digest': manifest.digest, 'content-length': '423' };

  it('believes complete headers', () => {
    expect(readManifestHead(buildAnswer(200, '', headers), 'v1', false)).toEqual({
      state: 'found',
      digest: manifest.digest,
      mediaType: manifest.mediaType,
      size: 423,
    });
    expect(readManifestHead(buildAnswer(304), 'v1', true)).toEqual({ state: 'unchanged' });
  });

  it.each([
    ['a 404, whose body is not sent', buildAnswer(404, '', { 'content-type': 'application/json' })],
    ['a missing digest', buildAnswer(200, '', { ...headers, 'docker-content-digest': '' })],
    ['a digest that is none', buildAnswer(200, '', { ...headers, 'docker-content-digest': 'sha256:abc' })],
    ['a missing length', buildAnswer(200, '', { ...headers, 'content-length': '' })],
  ])('leaves %s to GET', (_, answer) => {
    expect(readManifestHead(answer, 'v1', false)).toBeNull();
  });

  it('refuses another digest than the one asked for', () => {
    expect(() => readManifestHead(buildAnswer(200, '', headers), OTHER, false)).toThrow(code('DIGEST_MISMATCH'));
  });
});

describe(readDeletion.name, () => {
  const plain405 = buildAnswer(405, 'Method not allowed\n', { 'content-type': 'text/plain' });
  it.each([
    ['accepted', buildAnswer(202), OTHER, 'deleted'],
    ['no longer there', buildErrorAnswer(404, 'MANIFEST_UNKNOWN'), OTHER, 'absent'],
    ['repository unknown', buildErrorAnswer(404, 'NAME_UNKNOWN'), OTHER, 'absent'],
    ['deletes are off', buildErrorAnswer(405, 'UNSUPPORTED'), OTHER, 'disabled'],
    ['read-only, which answers in plain text', plain405, OTHER, 'disabled'],
    ['2.8 asked to delete a tag', buildErrorAnswer(400, 'DIGEST_INVALID'), 'v1', 'not-by-tag'],
    ['OCI allows 400 for "off"', buildErrorAnswer(400, 'UNSUPPORTED'), 'v1', 'disabled'],
  ])('%s', (_, answer, reference, expected) => {
    expect(readDeletion(answer, reference)).toBe(expected);
  });

  it.each([
    ['a digest that the registry finds invalid', buildErrorAnswer(400, 'DIGEST_INVALID'), 'DIGEST_INVALID'],
    ['an HTML 404', buildAnswer(404, '<html>', { 'content-type': 'text/html' }), 'HTTP_ERROR'],
    ['a refused token', buildErrorAnswer(401, 'UNAUTHORIZED'), 'UNAUTHORIZED'],
  ])('fails on %s', (_, answer, expected) => {
    expect(() => readDeletion(answer, OTHER)).toThrow(code(expected));
  });
});
