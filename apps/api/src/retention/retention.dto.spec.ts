import { describe, expect, it } from 'vitest';
import { viewPlan } from './retention.dto.js';

const repository = (id: number, fullName: string) => ({ id, registryId: 1, namespaceId: 1, fullName, tagsCount: 2 });
const verdict = (tag: string, is: 'keep' | 'drop') => ({
  tag,
  digest: 'sha256:1',
  verdict: is,
  rule: null,
  because: 'so',
});
const page = {
  plans: [
    { repository: repository(1, 'a/app'), verdicts: [verdict('v1', 'drop'), verdict('v2', 'keep')] },
    { repository: repository(2, 'b/app'), verdicts: [verdict('v3', 'keep')] },
  ],
  next: { repository: 2, tag: 'v3' },
};
const shown = (wanted?: 'keep' | 'drop') =>
  viewPlan(page, wanted).repositories.map(({ full_name, tags }) => [full_name, ...tags.map(({ name }) => name)]);

describe(viewPlan, () => {
  it('shows every tag, and where the next page begins', () => {
    expect(shown()).toEqual([
      ['a/app', 'v1', 'v2'],
      ['b/app', 'v3'],
    ]);
    expect(viewPlan(page)).toMatchObject({ next: 2, next_tag: 'v3' });
  });

  it('shows what has the wanted verdict only, and goes on at the same place', () => {
    expect(shown('drop')).toEqual([['a/app', 'v1']]);
    expect(shown('keep')).toEqual([
      ['a/app', 'v2'],
      ['b/app', 'v3'],
    ]);
    expect(viewPlan(page, 'drop')).toMatchObject({ next: 2, next_tag: 'v3' });
  });
});
