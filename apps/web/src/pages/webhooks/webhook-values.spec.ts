import { describe, expect, it } from 'vitest';
import { bodyOf, valuesOf } from './webhook-values.js';

describe(bodyOf, () => {
  it('leaves secrets as they are unless somebody enters or removes them', () => {
    expect(bodyOf(null, valuesOf(null))).not.toHaveProperty('secret');
    expect(bodyOf(null, { ...valuesOf(null), secret: 'long enough' })).toMatchObject({ secret: 'long enough' });
    const removed = bodyOf(null, { ...valuesOf(null), password: 'typed', removePassword: true });
    expect(removed).toMatchObject({ password: null });
  });
  it('lets the api name a new webhook that nobody named', () => {
    expect(bodyOf(null, valuesOf(null))).not.toHaveProperty('name');
    expect(bodyOf(null, { ...valuesOf(null), name: ' ci ' })).toMatchObject({ name: 'ci' });
  });
});
