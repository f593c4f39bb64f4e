import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RegistryChangesService } from '../../apps/api/src/registries/registry-changes.service.js';
import type { RegistryBody, RegistryChanges } from '../../apps/api/src/registries/registries.dto.js';
import { ActivitiesRepository, BY_PORTUS as by } from '#persistence/activities.repository.js';
import { RegistriesService } from '../../apps/api/src/registries/registries.service.js';
import type { RegistryClients } from '#catalog/registry-clients.js';
import { hashWebhookSecret, RegistriesRepository } from '#persistence/registries.repository.js';
import { TestDatabase } from '../support/test-database.js';

/** Every registry answers: reachability is not what these scenes are about. */
const reachable = { create: () => ({ ping: async () => ({}), close: async () => undefined }) };
const TAKEN = ['has already been taken'];

describe(RegistriesService.name, () => {
  let database: TestDatabase;
  let repository: RegistriesRepository;
  let sut: RegistriesService;
  let changes: RegistryChangesService;

  beforeAll(async () => {
    database = await TestDatabase.create();
    repository = new RegistriesRepository(database.sql);
    sut = new RegistriesService(repository, reachable as unknown as RegistryClients);
    changes = new RegistryChangesService(sut, repository, new ActivitiesRepository(database.sql));
  });
  afterAll(() => database.drop());
  beforeEach(() => database.truncate());

  const create = (input: RegistryBody) => changes.create(by, input, false);
  const update = (id: number, input: RegistryChanges) => changes.update(by, id, input, false);
  const rotateSecret = (id: number) => changes.rotateSecret(by, id);
  const forgetFormerSecret = (id: number) => changes.forgetFormerSecret(by, id);
  const body = (name: string, more: { external_hostname?: string; webhook_secret?: string } = {}) => ({
    name,
    hostname: `${name}.test:5000`,
    use_ssl: false,
    ...more,
  });
  const refusedFor = (field: string) => expect.objectContaining({ fields: { [field]: TAKEN } });

  describe('a name that is another registry’s, in the other column: a token for one would open the other (trap 49)', () => {
    beforeEach(() => create(body('one', { external_hostname: 'one.example.test' })));

    it('is refused when a registry is made', async () => {
      const external = create(body('two', { external_hostname: 'one.test:5000' }));
      await expect(external).rejects.toEqual(refusedFor('external_hostname'));
      const hostname = create({ ...body('two'), hostname: 'one.example.test' });
      await expect(hostname).rejects.toEqual(refusedFor('hostname'));
      expect(await repository.all()).toHaveLength(1);
      expect(await database.value('SELECT count(*)::int FROM namespaces')).toBe(1);
    });

    it('is refused when one is changed', async () => {
      const { id } = await create(body('two'));
      const external = update(id, { name: 'x', external_hostname: 'one.test:5000' });
      await expect(external).rejects.toEqual(refusedFor('external_hostname'));
      await expect(update(id, { hostname: 'one.example.test' })).rejects.toEqual(refusedFor('hostname'));
      expect(await repository.find(id)).toMatchObject({
        name: 'two',
        hostname: 'two.test:5000',
        externalHostname: null,
      });
    });

    it('is refused by validate', async () => {
      const input = { name: 'two', hostname: 'one.example.test', use_ssl: false, external_hostname: 'one.test:5000' };
      const messages = { hostname: TAKEN, external_hostname: TAKEN };
      expect(await sut.validate(input)).toEqual({ messages, valid: false });
    });

    it('is one’s own in both columns without harm', async () => {
      const made = await create(body('two', { external_hostname: 'two.test:5000' }));
      expect(await update(made.id, { external_hostname: null })).toMatchObject({ externalHostname: null });
    });

    it('is given to one of two that ask at the same time', async () => {
      const both = await Promise.allSettled([
        create(body('left', { external_hostname: 'right.test:5000' })),
        create(body('right')),
      ]);
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });
  });

  describe('a webhook secret that is another registry’s', () => {
    const [first, second] = ['the-first-secret-of-one', 'the-second-secret-of-one'];
    beforeEach(async () => {
      const { id } = await create(body('one', { webhook_secret: first }));
      await update(id, { webhook_secret: second });
    });

    it.each([
      ['present', second],
      ['former', first],
    ])('is refused: the %s one', async (_, secret) => {
      await expect(create(body('two', { webhook_secret: secret }))).rejects.toEqual(refusedFor('webhook_secret'));
      const { id } = await create(body('two'));
      await expect(update(id, { webhook_secret: secret })).rejects.toEqual(refusedFor('webhook_secret'));
      expect(await repository.find(id)).toMatchObject({ webhookSecretHash: null });
    });
  });

  describe('a secret that is rotated', () => {
    const known = async (secret: string) => {
      const [one] = await repository.webhookSecrets();
      const hash = hashWebhookSecret(secret);
      return [one?.hash, one?.previousHash].some((mine) => mine?.equals(hash));
    };

    it('is valid beside its successor until it is ended, and is not pushed out by a second rotation', async () => {
      const old = 'the-old-secret-of-one';
      const { id } = await create(body('one', { webhook_secret: old }));
      const fresh = await rotateSecret(id);
      expect(fresh.length).toBeGreaterThanOrEqual(32);
      expect([await known(old), await known(fresh)]).toEqual([true, true]);
      await expect(rotateSecret(id)).rejects.toMatchObject({ code: 'conflict' });
      expect([await known(old), await known(fresh)]).toEqual([true, true]);
      await forgetFormerSecret(id);
      expect([await known(old), await known(fresh)]).toEqual([false, true]);
      expect(await rotateSecret(id)).not.toBe(fresh);
    });

    it('is the first one where there was none, and is nobody’s who is not there', async () => {
      const { id } = await create(body('one'));
      expect(await known(await rotateSecret(id))).toBe(true);
      await expect(rotateSecret(id + 1)).rejects.toMatchObject({ code: 'not_found' });
      await expect(forgetFormerSecret(id + 1)).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  it('lets one registry at most speak without a secret', async () => {
    const one = await create({ ...body('one'), unsigned_events: true });
    expect(await repository.webhookSecrets()).toMatchObject([{ id: one.id, hash: null, unsigned: true }]);
    await expect(create({ ...body('two'), unsigned_events: true })).rejects.toEqual(refusedFor('unsigned_events'));
    const two = await create(body('two'));
    await expect(update(two.id, { unsigned_events: true })).rejects.toEqual(refusedFor('unsigned_events'));
    await update(one.id, { unsigned_events: false });
    expect(await update(two.id, { unsigned_events: true })).toMatchObject({ unsignedEvents: true });
  });

  it('changes nothing when a part of the change is refused, the secret included', async () => {
    await create(body('one'));
    const { id } = await create(body('two', { webhook_secret: 'the-secret-of-two' }));
    const before = await repository.find(id);
    const refused = update(id, { name: 'one', webhook_secret: 'another-secret-of-two' });
    await expect(refused).rejects.toEqual(refusedFor('name'));
    expect(await repository.find(id)).toEqual(before);
  });

  it('tells the secrets of all registries that have any', async () => {
    await create(body('none'));
    const one = await create(body('one', { webhook_secret: 'the-secret-of-one' }));
    const two = await create(body('two', { webhook_secret: 'the-first-secret-of-two' }));
    await update(two.id, { webhook_secret: 'the-second-secret-of-two' });
    expect(await repository.webhookSecrets()).toEqual([
      { id: one.id, hash: hashWebhookSecret('the-secret-of-one'), previousHash: null, unsigned: false },
      {
        id: two.id,
        hash: hashWebhookSecret('the-second-secret-of-two'),
        previousHash: hashWebhookSecret('the-first-secret-of-two'),
        unsigned: false,
      },
    ]);
  });

  it('says so when no client can be made for a host', async () => {
    const create = () => {
      throw new TypeError('Invalid URL');
    };
    const strict = new RegistriesService(repository, { create } as unknown as RegistryClients);
    expect(await strict.reachability('1.2.3.4.5', false)).toBe('is not a hostname');
  });
});
