import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REFUSAL_REASONS } from '#domain/policy/grant.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { TokenRecord } from './token-record.js';

it('docs/metrics.md names every metric of tokens and every reason of a refusal', async () => {
  const metrics = new Metrics();
  expect(new TokenRecord(metrics, {} as never, {} as never)).toBeDefined();
  const text = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
  const names = [...(await metrics.scrape()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(names).toContain('portus_token_refusals_total');
  expect(names.filter((name) => !text.includes(`\`${name}{`))).toEqual([]);
  expect(REFUSAL_REASONS.filter((reason) => !text.includes(`\`${reason}\``))).toEqual([]);
});
