import { describe, expect, it } from 'vitest';
import { normalised, severityOf, withoutDoubles } from './normalise.js';

const raw = { id: 'CVE-2024-1', package: 'openssl', installed: '3.0.1' };

describe(normalised, () => {
  it('takes the CVE as the name, also where the scanner has it among the aliases', () => {
    const finding = normalised({ ...raw, id: 'GHSA-aaaa', aliases: ['CVE-2024-9', 'GHSA-aaaa', 'OSV-1'] });
    expect(finding).toMatchObject({ id: 'CVE-2024-9', aliases: ['GHSA-aaaa', 'OSV-1'] });
  });

  it.each([
    ['no id', { ...raw, id: '' }],
    ['no package', { ...raw, package: undefined }],
    ['nothing at all', {}],
  ])('drops what tells nothing: %s', (_, value) => {
    expect(normalised(value)).toBeNull();
  });

  it('bounds everything that is kept', () => {
    const long = 'x'.repeat(100_000);
    const links = Array.from({ length: 1_000 }, (_, i) => `https://a.test/${i}`);
    const finding = normalised({
      id: long,
      aliases: Array.from({ length: 1_000 }, (_, i) => `${i}${long}`),
      package: long,
      purl: long,
      installed: long,
      fixed: long,
      severity: long,
      severitySource: long,
      cvss: { score: 5, vector: long },
      title: long,
      links,
      layerDigest: long,
    });
    expect(JSON.stringify(finding).length).toBeLessThan(8_000);
    expect(finding).toMatchObject({ severity: 'unknown', layerDigest: null });
  });

  it('keeps what PostgreSQL can store, and links that lead to pages', () => {
    const links = ['javascript:alert(1)', 'https://ok.test/a', 'https://no.test/ "', 7];
    const finding = normalised({ ...raw, title: 'a\0b\ud800', links, cvss: { score: 11, vector: null } });
    expect(finding).toMatchObject({ title: 'ab\ufffd', links: ['https://ok.test/a'], cvss: null });
  });
});

describe(severityOf, () => {
  it.each([
    ['CRITICAL', 'critical'],
    ['Defcon1', 'critical'],
    ['Important', 'high'],
    ['Moderate', 'medium'],
    ['Negligible', 'negligible'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ])('%s is %s', (name, severity) => {
    expect(severityOf(name)).toBe(severity);
  });
});

describe(withoutDoubles, () => {
  it('tells each vulnerability of a package once, at its worst', () => {
    const low = normalised({ ...raw, severity: 'low' })!;
    const high = normalised({ ...raw, severity: 'high' })!;
    const other = normalised({ ...raw, package: 'zlib' })!;
    expect(withoutDoubles([low, high, other, low])).toEqual([high, other]);
  });
});
