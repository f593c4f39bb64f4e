import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DockerDaemon } from '../support/docker-daemon.js';
import type { Outcome } from '../support/run-client.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';
import { until } from '../support/until.js';
import { createTeamNamespace, tagsOf, untilComplete, untilTag } from '../support/world.js';

interface Credentials {
  auths: Record<string, { auth: string; identitytoken?: string }>;
}

let daemon: DockerDaemon | undefined;
afterAll(() => daemon?.stop());

scenes('docker', { needs: ['PORTUS_TEST_DOCKERD', 'PORTUS_TEST_DOCKER'] }, (house, flavour) => {
  let alice: TestUser;
  let docker: (...args: string[]) => Promise<Outcome>;
  let config: string;
  const remote = (name: string): string => `${house().registryHost}/${name}`;
  const dockerd = (): DockerDaemon => daemon!;

  const must = async (...args: string[]): Promise<string> => {
    const { code, output } = await docker(...args);
    expect(code, output).toBe(0);
    return output;
  };

  beforeAll(async () => {
    daemon ??= await DockerDaemon.start();
    alice = await house().createUser('alice', 'password of alice');
    const login = await daemon.login(house().registryHost, alice.username, alice.password);
    expect(login.outcome.output).toMatch(/Login Succeeded/);
    docker = login.run;
    config = login.config;
    await daemon.build(
      'local:three',
      [1, 2, 3].map((layer) => `layer ${layer} for registry ${flavour}`),
    );
  });

  it('does not sign in with a wrong password', async () => {
    const { outcome, run } = await dockerd().login(house().registryHost, 'alice', 'not the password');
    expect(outcome.code).not.toBe(0);
    expect(outcome.output).toMatch(/unauthorized/);
    await must('tag', 'local:three', remote('alice/wrong:v1'));
    const push = await run('push', remote('alice/wrong:v1'));
    expect(push.code).not.toBe(0);
    expect(push.output).toMatch(/unauthorized|denied/);
  });

  it('pushes an image of three layers, pulls it again, and both are in the catalog', async () => {
    const name = remote('alice/three:v1');
    await must('tag', 'local:three', name);
    const pushed = await must('push', name);
    const digest = /v1: digest: (sha256:[0-9a-f]{64})/.exec(pushed)?.[1];
    expect(pushed.match(/: Pushed$/gm)).toHaveLength(3);
    const tag = await untilTag(house(), 'alice/three', 'v1', digest, 'alice');
    const id = (await must('image', 'inspect', '-f', '{{.Id}}', 'local:three')).trim();
    expect(tag).toMatchObject({ author: { id: alice.id, name: 'alice' }, image_id: id.replace('sha256:', '') });
    expect(tag.media_type).toBe('application/vnd.docker.distribution.manifest.v2+json');
    const complete = await untilComplete(house(), 'alice/three', 'v1');
    expect(complete.platforms).toMatchObject([{ os: 'linux', digest }]);
    await must('rmi', name);
    expect(await must('pull', name)).toContain(`Digest: ${digest}`);
    expect((await must('image', 'inspect', '-f', '{{.Id}}', name)).trim()).toBe(id);
    await until('the pull is noted', async () => (await tagsOf(house(), 'alice/three'))['v1']?.pulled_at);
  });

  it('keeps a refresh token in place of the password, which its person can end', async () => {
    const kept = JSON.parse(await readFile(join(config, 'config.json'), 'utf8')) as Credentials;
    const { auth, identitytoken } = kept.auths[house().registryHost]!;
    expect(Buffer.from(auth, 'base64').toString()).not.toContain(alice.password);
    expect(identitytoken).toMatch(/./);
    const elsewhere = await dockerd().login(house().registryHost, alice.username, alice.password);
    const logins = await house().get<{ id: number }[]>(`/users/${alice.id}/refresh_tokens`, { as: alice });
    const { id } = logins.body.toSorted((a, b) => b.id - a.id)[0]!;
    expect((await house().delete(`/users/refresh_tokens/${id}`, { as: alice })).status).toBe(204);
    const push = await elsewhere.run('pull', remote('alice/three:v1'));
    expect(push.code, push.output).not.toBe(0);
    await must('pull', remote('alice/three:v1'));
  });

  it('keeps an application token as it is, and pushes and pulls with it', async () => {
    const body = { application: 'ci' };
    const as = alice;
    const made = await house().post<{ plain_token: string }>(`/users/${as.id}/application_tokens`, body, { as });
    const login = await dockerd().login(house().registryHost, as.username, made.body.plain_token);
    expect(login.outcome.output).toMatch(/Login Succeeded/);
    const kept = JSON.parse(await readFile(join(login.config, 'config.json'), 'utf8')) as Credentials;
    expect(kept.auths[house().registryHost]).toEqual({ auth: expect.any(String) });
    await must('tag', 'local:three', remote('alice/by-token:v1'));
    for (const command of ['push', 'pull']) {
      const { code, output } = await login.run(command, remote('alice/by-token:v1'));
      expect(code, output).toBe(0);
    }
  });

  it('mounts the layers of a repository that it may read, instead of sending them again', async () => {
    await must('tag', 'local:three', remote('alice/source:v1'));
    await must('push', remote('alice/source:v1'));
    await must('tag', 'local:three', remote('alice/mounted:v1'));
    const pushed = await must('push', remote('alice/mounted:v1'));
    expect(pushed.match(/: Mounted from alice\/\w+$/gm)).toHaveLength(3);
    expect(pushed).not.toMatch(/: Pushed$/m);
    await untilTag(house(), 'alice/mounted', 'v1');
    await must('rmi', remote('alice/mounted:v1'));
    await must('pull', remote('alice/mounted:v1'));
  });

  it('moves a tag to another digest', async () => {
    const name = remote('alice/moving:latest');
    await must('tag', 'local:three', name);
    await must('push', name);
    const before = await untilTag(house(), 'alice/moving', 'latest');
    await dockerd().build(name, [`another layer for registry ${flavour}`]);
    const digest = /latest: digest: (sha256:[0-9a-f]{64})/.exec(await must('push', name))?.[1];
    expect(digest).not.toBe(before.digest);
    expect((await untilTag(house(), 'alice/moving', 'latest', digest)).id).toBe(before.id);
  });

  it('is refused by the registry when its person only looks on', async () => {
    await createTeamNamespace(house(), 'crew', [{ userId: alice.id, role: 'viewer' }]);
    await must('tag', 'local:three', remote('crew/app:v1'));
    const push = await docker('push', remote('crew/app:v1'));
    expect(push.code).not.toBe(0);
    expect(push.output).toMatch(/denied: requested access to the resource is denied/);
  });

  it('pulls a private image for nobody, and for nobody else', async () => {
    await must('tag', 'local:three', remote('alice/secret:v1'));
    await must('push', remote('alice/secret:v1'));
    const stranger = await dockerd().client();
    const pull = await stranger('pull', remote('alice/secret:v1'));
    expect(pull.code).not.toBe(0);
    expect(pull.output).toMatch(/pull access denied|denied|unauthorized/);
    const bob = await house().createUser('bob', 'password of bob');
    const { run } = await dockerd().login(house().registryHost, bob.username, bob.password);
    expect((await run('pull', remote('alice/secret:v1'))).code).not.toBe(0);
  });

  it('pushes no more after its sign-out', async () => {
    expect(await readFile(join(config, 'config.json'), 'utf8')).toContain(house().registryHost);
    await must('logout', house().registryHost);
    expect(await readFile(join(config, 'config.json'), 'utf8')).not.toContain(house().registryHost);
    await must('tag', 'local:three', remote('alice/late:v1'));
    const push = await docker('push', remote('alice/late:v1'));
    expect(push.code).not.toBe(0);
    expect(push.output).toMatch(/unauthorized|denied/);
  });
});
