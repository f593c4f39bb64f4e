import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { pushImage } from '../support/push-image.js';
import { quietPort } from '../support/ports.js';
import { startRealRegistry, type RealRegistry } from '../support/real-registry.js';
import { scenes } from '../support/scenes.js';
import { REGISTRY_PROGRAMS } from '../support/stack.js';
import { until } from '../support/until.js';
import { untilTag } from '../support/world.js';

interface RegistryView {
  id: number;
  name: string;
  hostname: string;
}

interface Refusal {
  message: Record<string, string[]>;
  status: number;
  code: string;
}

scenes('registries of the API', {}, (house, flavour) => {
  let second: RealRegistry;
  let stranger: Server;
  let strangerHost: string;

  beforeAll(async () => {
    second = await startRealRegistry({ binary: process.env[REGISTRY_PROGRAMS[flavour]]!, port: await quietPort() });
    stranger = createServer((_, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    strangerHost = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await second?.remove();
    await new Promise((resolve) => stranger?.close(resolve));
  });

  const create = (registry: Record<string, unknown>) => house().post('/registries', { registry });
  const list = async (): Promise<RegistryView[]> => (await house().get<RegistryView[]>('/registries')).body;
  const validate = async (query: string): Promise<unknown> => (await house().get(`/registries/validate?${query}`)).body;

  it('shows the first one, made at the first start', async () => {
    const { status, body, headers } = await house().get('/registries');
    expect(status).toBe(200);
    expect(headers.get('x-total')).toBe('1');
    expect(body).toMatchObject([
      { id: 1, name: 'e2e', hostname: house().registryHost, external_hostname: null, use_ssl: false },
    ]);
    expect(JSON.stringify(body)).not.toContain(house().webhookSecret);
  });

  it('makes none that can not be reached, or is no registry, and says why', async () => {
    const nobody = `127.0.0.1:${await quietPort()}`;
    for (const hostname of [nobody, strangerHost, 'does-not-exist.invalid']) {
      const answer = await create({ name: 'other', hostname, use_ssl: false });
      expect(answer.status, hostname).toBe(422);
      const { message, code } = answer.body as Refusal;
      expect(code).toBe('invalid');
      expect(message['hostname']?.[0]).toMatch(/^Error: .{5,}/);
      expect(JSON.stringify(message)).not.toContain('hello');
    }
    expect((await create({ name: 'tls', hostname: second.hostPort, use_ssl: true })).status).toBe(422);
    expect(await list()).toHaveLength(1);
  });

  it('validates without storing', async () => {
    expect(await validate(`name=new&hostname=${second.hostPort}`)).toEqual({ messages: {}, valid: true });
    expect(await validate(`name=e2e&hostname=${house().registryHost}`)).toEqual({
      messages: { name: ['has already been taken'], hostname: ['has already been taken'] },
      valid: false,
    });
    expect(await validate(`hostname=${strangerHost}&only[]=hostname`)).toMatchObject({ valid: false });
    expect(await validate('name=new&only=name')).toEqual({ messages: {}, valid: true });
    expect(await validate('name=&hostname=http://x&external_hostname=a/b')).toMatchObject({
      messages: { name: [expect.any(String)], hostname: [expect.any(String)], external_hostname: [expect.any(String)] },
      valid: false,
    });
    expect(await list()).toHaveLength(1);
  });

  it('makes one that answers, once, and takes its notifications under its own secret', async () => {
    const secret = 'a secret of the second registry'.replaceAll(' ', '-');
    const registry = { name: 'second', hostname: second.hostPort, use_ssl: false, webhook_secret: secret };
    const made = await create(registry);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'second', hostname: second.hostPort });
    expect(JSON.stringify(made.body)).not.toContain(secret);
    const sameName = await create({ ...registry, hostname: `localhost:${second.port}` });
    const sameHost = await create({ ...registry, name: 'third' });
    expect(sameName).toMatchObject({ status: 422, body: { message: { name: ['has already been taken'] } } });
    expect(sameHost).toMatchObject({ status: 422, body: { message: { hostname: ['has already been taken'] } } });
    await pushImage({ url: second.url, repository: 'elsewhere/app' }, 'v1', buildImage());
    const event = { id: 'one', action: 'push', target: { repository: 'elsewhere/app', tag: 'v1' } };
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ events: [event] });
    const answer = await fetch(`${house().url}/v2/webhooks/events`, { method: 'POST', headers, body });
    expect(answer.status).toBe(202);
    await untilTag(house(), 'elsewhere/app', 'v1', buildImage().manifest.digest);
    const [{ id }] = (await list()).filter((one) => one.name === 'second') as [RegistryView];
    const rows = await house().sql<{ id: number }>('SELECT registry_id AS id FROM repositories');
    expect(rows).toEqual([{ id }]);
  });

  it('changes one, but not to an address that does not answer, nor away from its repositories', async () => {
    const [{ id }] = (await list()).filter((one) => one.name === 'second') as [RegistryView];
    const update = (registry: Record<string, unknown>) => house().put(`/registries/${id}`, { registry });
    expect((await update({ name: 'renamed' })).body).toMatchObject({ id, name: 'renamed' });
    expect((await update({ name: 'e2e' })).status).toBe(422);
    expect((await update({ hostname: strangerHost })).status).toBe(422);
    expect((await update({ use_ssl: true })).status).toBe(422);
    expect((await update({ external_hostname: 'registry.example.test' })).body).toMatchObject({
      hostname: second.hostPort,
      external_hostname: 'registry.example.test',
    });
    expect((await house().put('/registries/999', { registry: { name: 'x' } })).status).toBe(404);
  });

  it('has a sync strategy of its own, or that of the settings', async () => {
    const [{ id }] = (await list()).filter((one) => one.name === 'renamed') as [RegistryView];
    const update = (sync_strategy: unknown) => house().put(`/registries/${id}`, { registry: { sync_strategy } });
    const sync = async (order?: object) => (await house().post(`/registries/${id}/sync`, order)).body;
    expect((await house().get(`/registries/${id}`)).body).toMatchObject({ sync_strategy: null });
    expect(await sync()).toMatchObject({ strategy: 'initial' });
    expect((await update('update-delete')).body).toMatchObject({ sync_strategy: 'update-delete' });
    expect(await sync()).toMatchObject({ strategy: 'update-delete' });
    expect(await sync({ strategy: 'update' })).toMatchObject({ strategy: 'update' });
    expect((await update('sometimes')).status).toBe(400);
    expect((await update(null)).body).toMatchObject({ sync_strategy: null });
  });

  describe('notifications', () => {
    const notify = async (secret: string | null, tag: string): Promise<number> => {
      // The host is that of the first registry, whoever speaks.
      const request = { host: house().registryHost, method: 'PUT' };
      const event = { id: `told-${tag}`, action: 'push', target: { repository: 'elsewhere/app', tag }, request };
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (secret !== null) headers['authorization'] = `Bearer ${secret}`;
      const body = JSON.stringify({ events: [event] });
      return (await fetch(`${house().url}/v2/webhooks/events`, { method: 'POST', headers, body })).status;
    };
    const idOf = async (name: string) => (await list()).find((one) => one.name === name)!.id;
    const speakerOf = async (tag: string) =>
      (await house().sql<{ id: number }>('SELECT registry_id AS id FROM registry_events WHERE tag = $1', [tag]))[0]?.id;

    it('are those of the registry whose secret they bear, whatever host they name; two secrets during a change', async () => {
      const id = await idOf('renamed');
      const former = 'a-secret-of-the-second-registry';
      const rotated = await house().post<{ webhook_secret: string }>(`/registries/${id}/rotate_secret`, {});
      expect(rotated.status).toBe(200);
      const fresh = rotated.body.webhook_secret;
      expect((await house().post(`/registries/${id}/rotate_secret`, {})).status).toBe(409);
      expect(JSON.stringify(await list())).not.toContain(fresh);
      expect(await notify(former, 'by-former')).toBe(202);
      await until('the new secret is known', async () => (await notify(fresh, 'by-fresh')) === 202);
      expect([await speakerOf('by-former'), await speakerOf('by-fresh')]).toEqual([id, id]);
      expect((await house().delete(`/registries/${id}/former_secret`)).status).toBe(204);
      await until('the former secret is refused', async () => (await notify(former, 'late')) === 401);
      expect(await notify(fresh, 'after')).toBe(202);
      expect(house().logs()).not.toContain(fresh);
    });

    it('without a secret are refused, unless one registry may speak so', async () => {
      const id = await idOf('renamed');
      expect(await notify(null, 'unsigned')).toBe(401);
      const allowed = await house().put(`/registries/${id}`, { registry: { unsigned_events: true } });
      expect(allowed.body).toMatchObject({ unsigned_events: true });
      await until('they are taken', async () => (await notify(null, 'unsigned')) === 202);
      expect(await speakerOf('unsigned')).toBe(id);
      expect(await notify('nobody-has-this-secret', 'unsigned')).toBe(401);
      const both = await house().put(`/registries/${await idOf('e2e')}`, { registry: { unsigned_events: true } });
      expect(both.status).toBe(422);
    });
  });

  it('is open to administrators only', async () => {
    const as = await house().createUser('plain', 'password of plain');
    expect((await house().get('/registries', { as })).status).toBe(403);
    expect((await house().post('/registries', {}, { as })).status).toBe(403);
    expect((await house().post('/registries/1/rotate_secret', {}, { as })).status).toBe(403);
    expect((await house().get('/registries/validate', { as: null })).status).toBe(401);
  });
});
