import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack, TestUser } from '../support/stack-handle.js';
import { startStack } from '../support/stack.js';

interface Explanation {
  allowed: boolean;
  reason: string;
  change: string | null;
  rules: { rule: string; held: boolean }[];
  facts: { known: boolean };
}

describe('GET /api/v1/explain', () => {
  let stack: Stack;
  let alice: TestUser;

  beforeAll(async () => {
    stack = await startStack({ workers: 0 });
    alice = await stack.createUser('alice', 'alice has a password');
    await stack.createUser('bob', 'bob has a password');
  });
  afterAll(() => stack?.stop());

  const ask = (query: string, as?: TestUser) => stack.get<Explanation>(`/explain?${query}`, as ? { as } : {});

  it('tells an administrator why somebody is refused, and what would have to change', async () => {
    const { status, body } = await ask('user=alice&repository=bob/app&action=push');
    expect(status).toBe(200);
    expect(body).toMatchObject({ allowed: false, reason: 'not-a-member', facts: { known: true } });
    expect(body.change).toContain('owner of the team');
    expect(body.rules.at(-1)?.held).toBe(true);
  });

  it('tells people about themselves, and not that a private namespace of others exists', async () => {
    expect((await ask('repository=alice/app&action=push', alice)).body).toMatchObject({
      allowed: true,
      reason: 'role',
    });
    const hidden = (await ask('repository=bob/app&action=pull', alice)).body;
    const missing = (await ask('repository=nobody/app&action=pull', alice)).body;
    expect(hidden.reason).toBe('no-namespace');
    expect({ ...hidden, repository: '', facts: { ...hidden.facts, namespace: '' } }).toEqual({
      ...missing,
      repository: '',
      facts: { ...missing.facts, namespace: '' },
    });
  });

  it('tells nobody but administrators about others', async () => {
    expect((await ask('user=bob&repository=app&action=pull', alice)).status).toBe(403);
    expect((await ask('user=nobody&repository=app&action=pull')).status).toBe(404);
    expect((await ask('user=&repository=app&action=pull')).body).toMatchObject({ allowed: true, reason: 'public' });
  });

  it.each(['repository=Foo/x&action=pull', 'repository=app&action=fly', 'action=pull', 'repository=app'])(
    'refuses %s',
    async (query) => {
      expect((await ask(query)).status).toBe(400);
    },
  );
});
