import { describe, expect, it } from 'vitest';
import { parseLayers } from './parse-layers.js';

const [A, B] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`);
const layer = (digest: string | undefined, more: object = {}) => ({ digest, mediaType: 'tar', size: 7, ...more });
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const layers = (...all: object[]): Buffer => bytes({ layers: all });

describe(parseLayers, () => {
  it('tells which step made which layer; steps without a layer are passed over', () => {
    const history = [{ created_by: 'ADD' }, { created_by: 'ENV', empty_layer: true }, { created_by: 'RUN' }];
    const parsed = parseLayers(layers(layer(A), layer(B)), bytes({ history }));
    expect(parsed.map(({ digest, createdBy }) => [digest, createdBy])).toEqual([
      [A, 'ADD'],
      [B, 'RUN'],
    ]);
  });
  it('tells nothing of steps that are not as many as the layers', () => {
    const [first] = parseLayers(layers(layer(A)), bytes({ history: [{ created_by: 'x' }, { created_by: 'y' }] }));
    expect(first).toEqual({ digest: A, mediaType: 'tar', size: 7, createdBy: null, title: null });
  });
  it('knows the names of files', () => {
    const annotations = { 'org.opencontainers.image.title': 'a.txt' };
    expect(parseLayers(layers(layer(A, { annotations })), null)[0]?.title).toBe('a.txt');
  });
  it.each(['no JSON', 'null', '[]'])('throws SyntaxError for %s', (body) => {
    expect(() => parseLayers(Buffer.from(body), null)).toThrow(SyntaxError);
  });
  it.each([
    ['no list', bytes({ layers: 'x' })],
    ['a broken digest', layers(layer('x'))],
    ['nothing', bytes({})],
  ])('has no layers for %s', (_, body) => {
    expect(parseLayers(body, bytes('x'))).toEqual([]);
  });
  it.each([
    ['broken JSON', Buffer.from('{')],
    ['no history', bytes({ history: 7 })],
  ])('survives a configuration with %s', (_, config) => {
    expect(parseLayers(layers(layer(A)), config)).toHaveLength(1);
  });
});
