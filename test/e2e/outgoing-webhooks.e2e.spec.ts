import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildCompressedImage } from '../support/oci-layout.js';
import { Receiver } from '../support/receiver.js';
import { scenes } from '../support/scenes.js';
import { Skopeo } from '../support/skopeo.js';
import type { TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { createTeamNamespace } from '../support/world.js';

interface Hook {
  id: number;
  url: string;
  username: string | null;
  enabled: boolean;
  has_password: boolean;
  has_secret: boolean;
}
interface Delivery {
  id: number;
  state: string;
  status: number;
  reason: string | null;
  response_body: string;
}

const ALLOWED = { PORTUS_WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.1' };
const SECRET = 'a shared secret';

scenes(
  'other systems are told of what happens',
  { flavours: ['3'], needs: ['PORTUS_TEST_SKOPEO'], stack: { env: ALLOWED } },
  (house) => {
    const people: Record<string, TestUser> = {};
    let receiver: Receiver;
    let client: Skopeo;
    let path: string;
    let hook: Hook;

    beforeAll(async () => {
      for (const name of ['owner', 'viewer', 'stranger'])
        people[name] = await house().createUser(name, `password of ${name}`);
      const members = (['owner', 'viewer'] as const).map((role) => ({ userId: people[role]!.id, role }));
      path = `/namespaces/${await createTeamNamespace(house(), 'team', members)}/webhooks`;
      client = await Skopeo.as(house().registryHost, people['owner']!);
      receiver = await Receiver.start();
    });
    afterAll(async () => {
      await receiver?.stop();
      await client?.remove();
    });

    const as = (name: string) => ({ as: people[name]! });
    const push = async (tag: string): Promise<string> => {
      const image = buildCompressedImage({ seed: tag });
      const { code, output } = await client.pushImage(`team/app:${tag}`, image);
      expect(code, output).toBe(0);
      return image.manifest.digest;
    };
    const deliveries = async () =>
      (await house().get<Delivery[]>(`${path}/${hook.id}/deliveries?sort_order=desc`, as('owner'))).body;

    it('an owner makes a webhook, whose secrets nobody is shown again', async () => {
      const { url } = receiver;
      const webhook = { url, events: ['push', 'tag_moved'], secret: SECRET, username: 'u', password: 'hunter2' };
      expect((await house().post(path, { webhook }, as('viewer'))).status).toBe(403);
      expect((await house().post(path, { webhook }, as('stranger'))).status, 'a private namespace is a secret').toBe(
        404,
      );
      expect((await house().post(path, { webhook }, { as: null })).status).toBe(401);
      const made = await house().post<Hook>(path, { webhook }, as('owner'));
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      hook = made.body;
      expect(hook).toMatchObject({ url, enabled: false, has_password: true, has_secret: true });
      const header = { webhook_header: { name: 'X-Room', value: 'the blue one' } };
      expect((await house().post(`${path}/${hook.id}/headers`, header, as('owner'))).status).toBe(201);
      expect((await house().post(`${path}/${hook.id}/headers`, header, as('owner'))).status, 'taken').toBe(422);
      const forbidden = { webhook_header: { name: 'Host', value: 'x' } };
      expect((await house().post(`${path}/${hook.id}/headers`, forbidden, as('owner'))).status).toBe(400);
      const shown = await Promise.all(
        ['', `/${hook.id}`, `/${hook.id}/headers`, `/${hook.id}/deliveries`].map((end) =>
          house().get(path + end, as('owner')),
        ),
      );
      expect(shown.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      for (const secret of [SECRET, 'hunter2', 'the blue one']) {
        expect(JSON.stringify([hook, shown.map(({ body }) => body)])).not.toContain(secret);
      }
      const seen = await house().get<Hook>(`${path}/${hook.id}`, as('viewer'));
      expect(seen.body, 'the path of a URL may be a secret').toMatchObject({
        url: `${new URL(url).origin}/…`,
        username: null,
      });
      for (const end of ['headers', 'deliveries'])
        expect((await house().get(`${path}/${hook.id}/${end}`, as('viewer'))).status).toBe(403);
    });

    it('nothing is told before it is enabled; then a push is told, signed', async () => {
      await push('before');
      await house().untilEqual();
      expect(await deliveries()).toEqual([]);
      const enabled = await house().put<Hook>(`${path}/${hook.id}/toggle_enabled`, {}, as('owner'));
      expect(enabled.body.enabled).toBe(true);
      const digest = await push('v1');
      const told = await until('the push is told', () => receiver.received[0]);
      expect(told.headers).toMatchObject({
        'x-portus-event': 'push',
        'x-room': 'the blue one',
        authorization: `Basic ${Buffer.from('u:hunter2').toString('base64')}`,
      });
      const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(told.headers['x-portus-signature']))!;
      expect(createHmac('sha256', SECRET).update(`${time}.${told.body}`).digest('hex')).toBe(mac);
      expect(JSON.parse(told.body)).toMatchObject({
        action: 'push',
        target: { repository: 'team/app', tag: 'v1', digest },
        actor: { name: 'owner' },
        request: { host: house().registryHost },
      });
    });

    it('a delivery is in the log, and can be sent again', async () => {
      const [listed] = await until('it is written down', async () => {
        const all = await deliveries();
        return all[0]?.state === 'delivered' && all;
      });
      const one = `${path}/${hook.id}/deliveries/${listed!.id}`;
      expect((await house().get<Delivery>(one, as('owner'))).body).toMatchObject({
        status: 200,
        response_body: 'thanks',
      });
      expect((await house().put(one, {}, as('viewer'))).status).toBe(403);
      expect((await house().put(one, {}, as('owner'))).status).toBe(200);
      const again = await until('it is sent again', () => receiver.received[1]);
      expect(again.headers['x-portus-delivery']).toBe(receiver.received[0]!.headers['x-portus-delivery']);
      expect((await house().get(`${path}/${hook.id}/deliveries/999999`, as('owner'))).status).toBe(404);
    });

    it('whoever sends it to another host does not get the password and headers that were for the former', async () => {
      const other = await house().post<Hook>(
        path,
        { webhook: { url: receiver.url, password: 'hunter2' } },
        as('owner'),
      );
      const header = { webhook_header: { name: 'X-Room', value: 'the blue one' } };
      await house().post(`${path}/${other.body.id}/headers`, header, as('owner'));
      const webhook = { url: 'https://elsewhere.test/' };
      const moved = await house().put<Hook>(`${path}/${other.body.id}`, { webhook }, as('owner'));
      expect(moved.body).toMatchObject({ has_password: false });
      expect((await house().get(`${path}/${other.body.id}/headers`, as('owner'))).body).toEqual([]);
      expect((await house().delete(`${path}/${other.body.id}`, as('owner'))).status).toBe(204);
      const { body } = await house().get<{ key: string }[]>('/activities?trackable_type=webhook', as('owner'));
      const keys = body.map(({ key }) => key);
      for (const key of ['create', 'update', 'enabled', 'destroy']) expect(keys).toContain(`webhook.${key}`);
      expect(JSON.stringify(body)).not.toMatch(/hunter2|the blue one|a shared secret/);
    });

    it('by default no private network is reached: not by address, and not by a name', async () => {
      await house().restartWith({ PORTUS_WEBHOOKS_ALLOWED_NETWORKS: undefined });
      const literal = await house().post(path, { webhook: { url: receiver.url } }, as('owner'));
      expect(literal.status).toBe(422);
      const url = `http://localhost:${receiver.port}/hook`;
      expect((await house().put(`${path}/${hook.id}`, { webhook: { url } }, as('owner'))).status).toBe(200);
      const before = receiver.received.length;
      await push('v2');
      const dead = await until('the delivery is given up', async () => {
        const [last] = await deliveries();
        return last?.state === 'dead' && last;
      });
      expect(dead.reason).toContain('PORTUS_WEBHOOKS_ALLOWED_NETWORKS');
      expect(receiver.received).toHaveLength(before);
      const { body } = await house().get<Record<string, { msg: string }>>('/health');
      expect(body['webhooks']!.msg).toContain('given up');
    });
  },
);
