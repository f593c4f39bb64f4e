import { expect, it } from 'vitest';
import { isThrowaway, throwawayManifest } from './throwaway.js';

it('a throw-away manifest is known again, and is like no other', () => {
  const [one, two] = [throwawayManifest('1'), throwawayManifest('2')];
  expect(isThrowaway(one.mediaType, one.body)).toBe(true);
  expect(one.body.equals(two.body)).toBe(false);
});

it.each([
  ['an index of something', '{"manifests":[{}],"annotations":{"io.portus.throwaway":"1"}}'],
  ['an empty index of somebody else', '{"manifests":[],"annotations":{}}'],
  ['no JSON', '{'],
])('%s is none', (_, text) => {
  expect(isThrowaway(throwawayManifest('1').mediaType, Buffer.from(text))).toBe(false);
});

it('an image is none, whatever it says', () => {
  const { body } = throwawayManifest('1');
  expect(isThrowaway('application/vnd.oci.image.manifest.v1+json', body)).toBe(false);
});
