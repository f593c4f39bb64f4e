import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const made = (document) => {
  const script = join(import.meta.dirname, 'sbom.mjs');
  return spawnSync(process.execPath, [script], { input: JSON.stringify(document), encoding: 'utf8' }).stdout;
};
const npm = (timestamp, serialNumber, name) => ({
  bomFormat: 'CycloneDX',
  serialNumber,
  metadata: { timestamp, component: { name: 'portus' } },
  components: [{ name }],
});

describe('the SBOM of the images', () => {
  it('is the same for the same packages, whenever it is made', () => {
    const first = made(npm('2026-01-01T00:00:00Z', 'urn:uuid:1', 'fastify'));
    expect(JSON.parse(first)).toMatchObject({ bomFormat: 'CycloneDX', components: [{ name: 'fastify' }] });
    expect(made(npm('2027-01-01T00:00:00Z', 'urn:uuid:2', 'fastify'))).toBe(first);
  }, 60_000);

  it('has a serial number that is made of the packages', () => {
    const numbers = ['fastify', 'express'].map((name) => JSON.parse(made(npm('', '', name))).serialNumber);
    expect(new Set(numbers).size).toBe(2);
    for (const number of numbers)
      expect(number).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  }, 60_000);
});
