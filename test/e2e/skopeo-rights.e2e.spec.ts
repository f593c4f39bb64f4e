import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BuiltImage } from '../factories/image.js';
import { buildCompressedImage } from '../support/oci-layout.js';
import { metric } from '../support/metrics.js';
import { scenes } from '../support/scenes.js';
import { Skopeo } from '../support/skopeo.js';
import type { TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { createTeamNamespace, tagsOf, untilTag } from '../support/world.js';

interface Denial {
  id: number;
  user: string | null;
  registry: string;
  reason: string;
  because: string;
  change: string | null;
}

scenes('skopeo and rights', { needs: ['PORTUS_TEST_SKOPEO'] }, (house) => {
  const people: Record<string, TestUser> = {};
  const clients: Record<string, Skopeo> = {};
  const image: BuiltImage = buildCompressedImage({ seed: 'rights' });
  const host = (): string => house().registryHost;

  beforeAll(async () => {
    const stack = house();
    for (const name of ['alice', 'bob', 'eve']) people[name] = await stack.createUser(name, `password of ${name}`);
    clients['admin'] = await Skopeo.as(host(), stack.admin);
    for (const name of ['alice', 'bob', 'eve']) clients[name] = await Skopeo.as(host(), people[name]!);
    clients['nobody'] = await Skopeo.of(host());
    const members = [
      { userId: people['alice']!.id, role: 'contributor' as const },
      { userId: people['bob']!.id, role: 'viewer' as const },
    ];
    await createTeamNamespace(stack, 'crew', members);
  });
  afterAll(async () => {
    for (const client of Object.values(clients)) await client.remove();
  });

  it('signs nobody in with a wrong password', async () => {
    const client = await Skopeo.of(host());
    const { code, output } = await client.login({ username: 'alice', password: 'not the password' });
    expect(code).not.toBe(0);
    expect(output).toMatch(/invalid username\/password|unauthorized/);
    const push = await client.pushImage('alice/none:v1', image);
    expect(push.code).not.toBe(0);
    await client.remove();
  });

  it('signs a disabled user neither in nor through, and an enabled one again', async () => {
    const stack = house();
    const { id } = people['eve']!;
    const enable = async (enabled: boolean): Promise<number> =>
      (await stack.put(`/users/${id}/enabled`, { enabled })).status;
    expect((await clients['eve']!.pushImage('eve/app:before', image)).code).toBe(0);
    expect(await enable(false)).toBe(200);
    const login = await (await Skopeo.of(host())).login(people['eve']!);
    expect(login.code).not.toBe(0);
    expect(login.output).toMatch(/invalid username\/password|unauthorized/);
    const refused = await clients['eve']!.pushImage('eve/app:while', image);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/unauthorized|invalid username\/password/);
    expect(await enable(true)).toBe(200);
    expect((await clients['eve']!.pushImage('eve/app:after', image)).code).toBe(0);
  });

  it('takes an application token for the password, until it is withdrawn', async () => {
    const stack = house();
    const as = people['alice']!;
    const body = { application: 'ci' };
    const made = await stack.post<{ id: number; plain_token: string }>(`/users/${as.id}/application_tokens`, body, {
      as,
    });
    expect(made.status).toBe(201);
    const client = await Skopeo.as(host(), { username: 'alice', password: made.body.plain_token });
    expect((await client.pushImage('alice/by-token:v1', image)).code).toBe(0);
    await untilTag(stack, 'alice/by-token', 'v1', image.manifest.digest, 'alice');
    const foreign = await (await Skopeo.of(host())).login({ username: 'bob', password: made.body.plain_token });
    expect(foreign.code).not.toBe(0);
    const path = `${stack.url}/api/v1/users/application_tokens/${made.body.id}`;
    const headers = { authorization: `Basic ${Buffer.from(`alice:${as.password}`).toString('base64')}` };
    expect((await fetch(path, { method: 'DELETE', headers })).status).toBe(204);
    expect((await client.pushImage('alice/by-token:v2', image)).code).not.toBe(0);
  });

  it('lets the administrator push into the global namespace, where anybody may pull and nobody else push', async () => {
    expect((await clients['admin']!.pushImage('app:v1', image)).code).toBe(0);
    expect((await clients['nobody']!.pull('app:v1')).digest).toBe(image.manifest.digest);
    const refused = await clients['alice']!.pushImage('app:v2', image);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/denied/);
  });

  it('keeps a personal namespace to its owner, nested names included', async () => {
    for (const name of ['alice/app', 'alice/deep/er/app']) {
      expect((await clients['alice']!.pushImage(`${name}:v1`, image)).code).toBe(0);
      expect((await clients['alice']!.pull(`${name}:v1`)).digest).toBe(image.manifest.digest);
      expect((await untilTag(house(), name, 'v1')).digest).toBe(image.manifest.digest);
      for (const stranger of ['bob', 'nobody']) {
        const pull = await clients[stranger]!.pull(`${name}:v1`);
        expect(pull.code, stranger).not.toBe(0);
        expect(pull.output).toMatch(/denied|unauthorized/);
      }
    }
    const push = await clients['bob']!.pushImage('alice/app:by-bob', image);
    expect(push.output).toMatch(/requested access to the resource is denied/);
    expect(Object.keys(await tagsOf(house(), 'alice/app'))).toEqual(['v1']);
  });

  it('lets a contributor push and a viewer only pull; the registry refuses with the words that people know', async () => {
    expect((await clients['alice']!.pushImage('crew/app:v1', image)).code).toBe(0);
    expect((await clients['bob']!.pull('crew/app:v1')).digest).toBe(image.manifest.digest);
    const refused = await clients['bob']!.pushImage('crew/app:v2', image);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/requested access to the resource is denied/);
    const deleted = await clients['bob']!.delete('crew/app:v1');
    expect(deleted.code).not.toBe(0);
    const tags = await clients['bob']!.listTags('crew/app');
    expect(JSON.parse(tags.stdout)).toMatchObject({ Tags: ['v1'] });
  });

  it('opens a namespace to everybody when it becomes public, and closes it again', async () => {
    const stack = house();
    expect((await clients['alice']!.pushImage('alice/shown:v1', image)).code).toBe(0);
    const { body } = await stack.get<{ id: number; name: string }[]>('/namespaces?all=true');
    const { id } = body.find((namespace) => namespace.name === 'alice')!;
    const show = async (visibility: string): Promise<number> =>
      (await stack.put(`/namespaces/${id}`, { namespace: { visibility } }, { as: people['alice']! })).status;
    expect((await clients['nobody']!.pull('alice/shown:v1')).code).not.toBe(0);
    expect(await show('public')).toBe(200);
    expect((await clients['nobody']!.pull('alice/shown:v1')).digest).toBe(image.manifest.digest);
    expect(await show('private')).toBe(200);
    expect((await clients['nobody']!.pull('alice/shown:v1')).code).not.toBe(0);
  });

  it('lists what was refused with its reason, and tells nobody of namespaces that are hidden from them', async () => {
    const stack = house();
    const before = await metric(stack.api, 'portus_token_refusals_total', { action: 'push', reason: 'not-a-member' });
    for (const name of ['crew/secret:v1', 'nowhere/app:v1']) {
      expect((await clients['eve']!.pushImage(name, image)).code).not.toBe(0);
    }
    expect((await clients['bob']!.pushImage('crew/app:weak', image)).code).not.toBe(0);
    const denied = async (name: string, as: string | null, query = '') => {
      const path = `/denials?repository=${name}&action=push${query}`;
      const { body } = await stack.get<Denial[]>(path, as ? { as: people[as]! } : {});
      return body[0];
    };
    const hidden = await until('the refusal is listed', () => denied('crew/secret', 'eve'));
    const missing = await until('the refusal is listed', () => denied('nowhere/app', 'eve'));
    expect(hidden).toMatchObject({ user: 'eve', reason: 'no-namespace', registry: host() });
    expect(Object.keys(hidden)).toEqual(Object.keys(missing));
    expect([hidden.because, hidden.change]).toEqual([missing.because, missing.change]);
    expect(await denied('crew/secret', null, '&user=EVE')).toMatchObject({ user: 'eve', reason: 'not-a-member' });
    const weak = await until('the refusal is listed', () => denied('crew/app', 'bob'));
    expect(weak).toMatchObject({ reason: 'role-too-weak', change: expect.stringContaining('stronger role') });
    expect(await denied('crew/app', 'eve')).toBeUndefined();
    expect((await stack.get('/denials?user=bob', { as: people['eve']! })).status).toBe(403);
    expect((await stack.get('/denials?reason=whim')).status).toBe(400);
    const page = await stack.get<Denial[]>('/denials?per_page=1');
    const next = /<\/api\/v1([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    expect((await stack.get<Denial[]>(next)).body[0]?.id).not.toBe(page.body[0]?.id);
    const after = await metric(stack.api, 'portus_token_refusals_total', { action: 'push', reason: 'not-a-member' });
    expect(after! - before!).toBeGreaterThan(0);
  });

  it('shows in metrics what api and worker did', async () => {
    const { api, workers } = house();
    expect(await metric(api, 'portus_token_requests_total', { outcome: 'issued' })).toBeGreaterThan(0);
    expect(await metric(api, 'portus_token_requests_total', { outcome: 'unauthorized' })).toBeGreaterThan(0);
    expect(await metric(api, 'portus_token_seconds_count', { result: 'issued' })).toBeGreaterThan(0);
    expect(await metric(api, 'portus_credential_cache_lookups_total', { result: 'hit' })).toBeGreaterThan(0);
    expect(await metric(api, 'portus_webhook_requests_total', { outcome: 'accepted' })).toBeGreaterThan(0);
    expect(await metric(api, 'portus_inbox_events', { state: 'dead' })).toBe(0);
    expect(await metric(workers[0]!, 'portus_events_handled_total', { outcome: 'done' })).toBeGreaterThan(0);
    expect(await metric(workers[0]!, 'portus_reconcile_seconds_count', { outcome: 'applied' })).toBeGreaterThan(0);
    for (const program of [api, workers[0]!]) {
      expect(await metric(program, 'portus_database_up')).toBe(1);
      expect(await metric(program, 'nodejs_eventloop_lag_p99_seconds')).not.toBeNull();
    }
  });
});
