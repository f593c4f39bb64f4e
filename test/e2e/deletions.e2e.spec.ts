import { beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, type BuiltImage } from '../factories/image.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { pushImage, pushManifest } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import type { Stack, TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { createTeamNamespace, findRepository, tagsOf, untilTag, untilTags } from '../support/world.js';

interface DeletionView {
  id: number;
  state: string;
  outcome: string | null;
  total: number;
  gone: number;
}

const image = (seed: string): BuiltImage => buildCompressedImage({ seed });

/** No sync repairs anything here, and retention looks every second. */
scenes(
  'what is deleted through the API',
  { stack: { env: { PORTUS_DELETE_GARBAGE_COLLECTOR_INTERVAL: '1' } } },
  (house, flavour) => {
    let alice: TestUser;
    let bob: TestUser;
    beforeAll(async () => {
      alice = await house().createUser('alice', 'password of alice');
      bob = await house().createUser('bob', 'password of bob');
    });

    const push = async (repository: string, tag: string | null, what: BuiltImage): Promise<void> => {
      const token = await house().token([`repository:${repository}:pull,push`], alice);
      await pushImage({ url: house().registry.url, repository, token }, tag, what);
      if (tag !== null) await untilTag(house(), repository, tag, what.manifest.digest);
    };
    const idOf = async (repository: string, tag: string) => (await tagsOf(house(), repository))[tag]!.id;
    const remove = (path: string, as = alice) => house().delete(path, { as });
    const untilEnded = (id: number, as: TestUser = alice) =>
      until('the deletion has ended', async () => {
        const { body } = await house().get<DeletionView>(`/deletions/${id}`, { as });
        return body.state === 'done' || body.state === 'incomplete' ? body : null;
      });

    it('one tag goes, its siblings stay; who may not delete is refused, who may not see learns nothing', async () => {
      for (const tag of ['one', 'two']) await push('alice/app', tag, image('shared'));
      await push('alice/app', 'own', image('own'));
      const [one, own] = [await idOf('alice/app', 'one'), await idOf('alice/app', 'own')];
      expect((await remove(`/tags/${one}`, bob)).status).toBe(404);
      const preview = await house().get<Record<string, unknown>>(`/tags/${one}/deletion`, { as: alice });
      expect(preview.body).toMatchObject({ method: flavour === '3' ? 'untag' : 'refused', shared_with: ['two'] });
      const answer = await remove(`/tags/${one}`);
      expect(answer.status).toBe(flavour === '3' ? 204 : 422);
      if (flavour === '2.8') {
        expect((answer.body as { message: unknown }).message).toMatchObject({ shared_with: ['two'] });
        expect((await remove(`/tags/${one}?move_shared=true`)).status).toBe(204);
      }
      expect((await remove(`/tags/${own}`)).status).toBe(204);
      // At once, without waiting for a notification.
      expect(Object.keys(await tagsOf(house(), 'alice/app'))).toEqual(['two']);
      const catalog = await house().untilEqual();
      expect(catalog['alice/app']).toEqual({ two: image('shared').manifest.digest });
      const { body } = await house().get<{ id: number }[]>('/activities?key=tag.delete', { as: alice });
      expect(body).toHaveLength(2);
    });

    it('a tag goes back to an earlier digest, by whom, and not to one whose images are gone', async () => {
      for (const seed of ['first', 'second']) await push('alice/back', 'v1', image(seed));
      const id = await idOf('alice/back', 'v1');
      const digest = image('first').manifest.digest;
      const back = await house().post<{ digest: string }>(`/tags/${id}/rollback`, { digest }, { as: alice });
      expect(back.status, JSON.stringify(back.body)).toBe(200);
      expect(back.body.digest).toBe(digest);
      await house().untilEqual();
      const history = await house().get<{ digest: string; actor: string }[]>(`/tags/${id}/history`, { as: alice });
      expect(history.body.map((one) => [one.digest, one.actor])).toEqual(
        ['first', 'second', 'first'].map((seed) => [image(seed).manifest.digest, 'alice']),
      );
      expect(
        (await house().post(`/tags/${id}/rollback`, { digest: `sha256:${'0'.repeat(64)}` }, { as: alice })).status,
      ).toBe(422);

      const children = [image('x'), image('y')];
      for (const child of children) await push('alice/back', null, child);
      const index = buildIndex(children);
      const token = await house().token(['repository:alice/back:pull,push,delete'], alice);
      const target = { url: house().registry.url, repository: 'alice/back', token };
      await pushManifest(target, 'v1', index);
      await untilTag(house(), 'alice/back', 'v1', index.digest);
      await push('alice/back', 'v1', image('third'));
      const gone = children[0]!.manifest.digest;
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${target.url}/v2/alice/back/manifests/${gone}`, { method: 'DELETE', headers });
      const refused = await house().post(`/tags/${id}/rollback`, { digest: index.digest }, { as: alice });
      expect(refused.status).toBe(422);
      expect(JSON.stringify(refused.body)).toContain(gone);
    });

    it('a repository, several tags, and a namespace', async () => {
      for (const seed of ['a', 'b']) await push('alice/whole', seed, image(seed));
      const whole = await findRepository(house(), 'alice/whole');
      const asked = await remove(`/repositories/${whole!.id}`);
      expect(asked.status).toBe(202);
      expect(await untilEnded((asked.body as DeletionView).id)).toMatchObject({ state: 'done', gone: 1 });
      expect(await findRepository(house(), 'alice/whole')).toBeNull();

      for (const seed of ['c', 'd', 'e']) await push('alice/some', seed, image(seed));
      const tags = [await idOf('alice/some', 'c'), await idOf('alice/some', 'd')];
      const some = await house().post<DeletionView>('/deletions', { tags }, { as: alice });
      expect(some.status).toBe(202);
      expect(await untilEnded(some.body.id)).toMatchObject({ state: 'done', gone: 2 });
      await untilTags(house(), 'alice/some', ['e']);

      const namespace = await createTeamNamespace(house(), 'crew', [{ userId: alice.id, role: 'owner' }]);
      await push('crew/app', 'v1', image('crew'));
      const team = await remove(`/namespaces/${namespace}`);
      expect(await untilEnded((team.body as DeletionView).id)).toMatchObject({ state: 'done' });
      expect((await house().get(`/namespaces/${namespace}`)).status).toBe(404);
      await house().untilEqual();
    });

    it('retention does what its plan says, and an immutable tag stays, is alarmed and comes back', async () => {
      const namespace = await createTeamNamespace(house(), 'kept', [{ userId: alice.id, role: 'owner' }]);
      for (const seed of ['v1', 'v2', 'release']) await push('kept/app', seed, image(seed));
      const rules = `/namespaces/${namespace}/retention_rules`;
      const immutable = { name: 'releases', action: 'protect', tag_pattern: 'release' };
      expect((await house().post(rules, immutable, { as: alice })).status).toBe(201);
      expect((await remove(`/tags/${await idOf('kept/app', 'release')}`)).status).toBe(422);
      const drop = { name: 'old', action: 'drop', older_than: 30 };
      expect((await house().post(rules, drop, { as: alice })).status).toBe(201);
      expect((await house().post(rules, { ...drop, older_than: null }, { as: alice })).status).toBe(400);
      expect((await house().get(rules, { as: bob })).status).toBe(404);
      type Plan = { repositories: { tags: { name: string; verdict: string; because: string }[] }[] };
      const plan = await house().get<Plan>(`/namespaces/${namespace}/retention/plan`, { as: alice });
      expect(plan.body.repositories[0]!.tags.map(({ name, verdict, because }) => [name, verdict, because])).toEqual([
        ['release', 'keep', 'it is immutable'],
        ['v1', 'keep', 'it was pushed within 30 days'],
        ['v2', 'keep', 'it was pushed within 30 days'],
      ]);
      await house().sql(`UPDATE tags SET updated_at = now() - interval '40 days' WHERE name IN ('v1', 'release')`);
      await untilTags(house(), 'kept/app', ['release', 'v2']);

      await push('kept/app', 'release', image('moved'));
      const look = () => house().get<{ id: number; kept_digest: string }[]>('/tag_alarms', { as: alice });
      const [alarm] = (await look()).body;
      expect(alarm?.kept_digest).toBe(image('release').manifest.digest);
      expect((await house().post(`/tag_alarms/${alarm!.id}/rollback`, {}, { as: alice })).status).toBe(200);
      await untilTag(house(), 'kept/app', 'release', image('release').manifest.digest);
      expect((await look()).body).toEqual([]);
      await house().untilEqual();
    });
  },
);

describe('where the registry has deletes off', () => {
  scenes(
    'a deletion is refused as such',
    { flavours: ['3'], stack: { registryOptions: { deleteEnabled: false } } },
    (house: () => Stack) => {
      it('and everything stays as it is', async () => {
        const admin = house().admin;
        const token = await house().token(['repository:app:pull,push'], admin);
        await pushImage({ url: house().registry.url, repository: 'app', token }, 'v1', image('off'));
        const { id } = await untilTag(house(), 'app', 'v1');
        const answer = await house().delete<{ message: unknown }>(`/tags/${id}`);
        expect(answer.status).toBe(422);
        expect(JSON.stringify(answer.body.message)).toContain('switched off at the registry');
        await house().untilEqual();
      });
    },
  );
});
