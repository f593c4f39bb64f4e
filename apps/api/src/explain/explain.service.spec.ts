import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, type NamespaceFacts, PUSH_POLICIES } from '#domain/policy/facts.js';
import type { UserFacts } from '#persistence/token-facts.repository.js';
import type { Person } from '../http/access.js';
import { ExplainService } from './explain.service.js';

const alice: Person = {
  kind: 'user',
  userId: 1,
  username: 'alice',
  admin: false,
  disabled: false,
  locked: false,
  bot: false,
};
const row: UserFacts = {
  id: 1,
  username: 'alice',
  passwordHash: null,
  credentialVersion: 1,
  admin: false,
  enabled: true,
  locked: false,
  bot: false,
  service: false,
};
const secret: NamespaceFacts = { id: 9, kind: 'team', visibility: 'private', ownerId: null, role: null };
const token = {
  id: 7,
  userId: 1,
  application: 'ci',
  createdAt: new Date(0),
  expiresAt: null,
  actions: ['pull'],
  namespaces: ['covert', 'absent'],
  lastUsedAt: null,
  lastUsedFrom: null,
};

function setUp(options: object = {}) {
  const facts = {
    find: async () => ({ registryId: 1, user: row, token: null, namespaces: new Map([['covert', secret]]) }),
  };
  const registries = { all: async () => [{ hostname: 'r.test', externalHostname: null }] };
  const tokens = { find: async (id: number) => (id === token.id ? token : { ...token, id, userId: 2 }) };
  const settings = { ...DEFAULT_POLICY, ...options };
  return new ExplainService(facts as never, registries as never, tokens as never, settings as never);
}

describe(ExplainService.name, () => {
  it('tells the same of a secret namespace and of none, whichever rule refuses', async () => {
    for (const pushPolicy of PUSH_POLICIES) {
      for (const deleteEnabled of [true, false]) {
        const sut = setUp({ pushPolicy, deleteEnabled });
        for (const action of ['pull', 'push', 'delete'] as const) {
          for (const shown of [undefined, token.id]) {
            const ask = async (namespace: string) => {
              const query = { repository: `${namespace}/app`, action, token: shown };
              const text = JSON.stringify(await sut.explain(alice, query));
              return text.replaceAll(`${namespace}/app`, 'REPOSITORY').replaceAll(`"namespace":"${namespace}"`, '');
            };
            const [hidden, missing] = [await ask('covert'), await ask('absent')];
            expect(hidden).toBe(missing);
          }
        }
      }
    }
  });

  it('tells administrators what is there', async () => {
    const answer = await setUp().explain({ ...alice, admin: true }, { repository: 'covert/app', action: 'pull' });
    expect(answer).toMatchObject({ reason: 'not-a-member', facts: { known: true, visibility: 'private' } });
  });

  it('shows the token and its rule, and knows none of others', async () => {
    const query = { repository: 'covert/app', action: 'push' as const };
    const answer = await setUp().explain(alice, { ...query, token: token.id });
    expect(answer).toMatchObject({ reason: 'token-action', token: { id: 7, read_only: true } });
    const elsewhere = { repository: 'elsewhere/app', action: 'pull' as const, token: token.id };
    expect((await setUp().explain(alice, elsewhere)).reason).toBe('token-namespace');
    await expect(setUp().explain(alice, { ...query, token: 8 })).rejects.toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });
});
