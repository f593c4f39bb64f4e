import { afterAll, expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { basic, getToken, postToken } from '../support/ask-token.js';
import { OtlpReceiver } from '../support/otlp.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import { until } from '../support/until.js';

const collector = await OtlpReceiver.start();
afterAll(() => collector.stop());

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
/** Whatever of these is sent or configured must stand in no log and in no trace. */
const secret = (name: string): string => `secret-of-${name}-6e1f`;
const ENV = {
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: `x-collector=${secret('collector')}`,
  OTEL_BSP_SCHEDULE_DELAY: '100',
  PORTUS_WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.1',
  PORTUS_EMAIL_SMTP_ENABLED: 'true',
  PORTUS_EMAIL_SMTP_ADDRESS: '127.0.0.1',
  PORTUS_EMAIL_SMTP_PORT: '1',
  PORTUS_EMAIL_SMTP_USER_NAME: 'mailer',
  PORTUS_EMAIL_SMTP_PASSWORD: secret('mail'),
};

scenes('traces and logs', { flavours: ['2.8'], stack: { env: ENV } }, (house) => {
  const push = async (tag: string) => {
    const repository = 'portus/app';
    const token = await house().signToken([{ type: 'repository', name: repository, actions: ['pull', 'push'] }]);
    await pushImage({ url: house().registry.url, repository, token }, tag, buildImage({ seed: tag }));
    return token;
  };
  const lines = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const used: string[] = [];
  const use = (value: string): string => (used.push(value), value);

  it('goes on with the trace of a client, down to the decision', async () => {
    const headers = { ...basic('admin', house().adminPassword), traceparent: `00-${TRACE}-${PARENT}-01` };
    expect((await getToken(house(), { scope: 'repository:portus/app:pull' }, headers)).status).toBe(200);
    const spans = await until('the spans of the request', () => {
      const found = collector.spans().filter(({ traceId }) => traceId === TRACE);
      return found.length >= 2 && found;
    });
    const request = spans.find(({ name }) => name === 'GET /v2/token')!;
    expect(request).toMatchObject({ service: 'portus-api', parentSpanId: PARENT });
    expect(request.attributes).toMatchObject({ 'http.route': '/v2/token' });
    const decision = spans.find(({ name }) => name === 'token decision')!;
    expect(decision.parentSpanId).toBe(request.spanId);
    expect(decision.attributes).toMatchObject({ 'portus.granted': 'repository:portus/app:pull' });
  });

  it('follows a notification from the api through the job to the reads of the worker', async () => {
    let pushes = 0;
    await until(
      'one trace of all of it',
      async () => {
        // A sweeper may have been quicker than the job: then that one is a trace of its own.
        await push(`v${++pushes}`);
        await house().untilEqual();
        const byTrace = new Map<string, Set<string>>();
        for (const { traceId, service, name } of collector.spans())
          byTrace.set(traceId, (byTrace.get(traceId) ?? new Set()).add(`${service}: ${name}`));
        return [...byTrace.values()].some((names) =>
          [
            'portus-api: POST /v2/webhooks/events',
            'portus-worker: job registry-events',
            'portus-worker: reconcile',
            'portus-worker: GET registry',
          ].every((name) => names.has(name)),
        );
      },
      { timeoutMs: 60_000, everyMs: 300 },
    );
  });

  it('tells the end of each request and of each job in one line, with its ids and its duration', async () => {
    const headers = { ...basic('admin', house().adminPassword), 'x-request-id': 'request-of-a-test-1' };
    await fetch(`${house().url}/api/v1/users`, { headers });
    const ended = await until('the line of the request', () => {
      const found = lines(house().api.logs()).filter(({ requestId }) => requestId === 'request-of-a-test-1');
      return found.some(({ msg }) => msg === 'request') && found;
    });
    expect(ended.filter(({ msg }) => msg === 'request')).toEqual([
      expect.objectContaining({ method: 'GET', path: '/api/v1/users', status: 200, ms: expect.any(Number) }),
    ]);
    const jobs = lines(house().workers[0]!.logs()).filter(({ msg }) => msg === 'job');
    expect(jobs.length).toBeGreaterThan(0);
    const ids = { jobId: expect.any(String), queue: expect.any(String), attempt: 1, ms: expect.any(Number) };
    for (const job of jobs) expect(job).toMatchObject(ids);
    expect(jobs.some(({ requestId }) => typeof requestId === 'string')).toBe(true);
  });

  it('takes a mail that no server wants', async () => {
    const bob = await house().createUser('bob', use(secret('bob')));
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email: `${bob.username}@example.test` });
    const answer = await fetch(`${house().url}/api/v1/password_resets`, { method: 'POST', headers, body });
    expect(answer.status).toBe(202);
    const line = await until('the mail fails', () =>
      lines(house().workers[0]!.logs()).find(({ msg }) => msg === 'a mail could not be sent'),
    );
    expect(line).toMatchObject({ attempts: 1, state: 'waiting', reason: expect.any(String) });
  });

  it('takes every kind of secret, in every place', async () => {
    const { url, webhookSecret } = house();
    const call = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
      fetch(url + path, { ...init, headers });
    const alice = await house().createUser('alice', use(secret('alice')));
    for (const password of [alice.password, use(secret('wrong-password'))]) {
      await getToken(house(), { account: 'alice', password: use(secret('query')) }, basic('alice', password));
      await postToken(house(), { grant_type: 'password', username: 'alice', password, client_id: 'c' });
      await call('/api/v1/users', basic('alice', password));
      await call('/api/v1/users', { 'portus-auth': `alice:${password}` });
    }
    const made = await house().post<{ plain_token: string }>(`/users/${alice.id}/application_tokens`, {
      application: 'robot',
    });
    await call('/api/v1/namespaces', { 'portus-auth': `alice:${use(made.body.plain_token)}` });
    await postToken(house(), { grant_type: 'refresh_token', refresh_token: use(secret('refresh')), client_id: 'c' });
    await call(`/api/v1/tags?access_token=${use(secret('parameter'))}`, { cookie: `portus=${use(secret('cookie'))}` });
    await call('/api/v1/tags', { authorization: `Bearer ${use(secret('bearer'))}` });
    for (const word of [use(webhookSecret), use(secret('wrong-webhook'))])
      await call('/v2/webhooks/events', { authorization: `Bearer ${word}` }, { method: 'POST', body: 'no JSON' });
    used.push(await push('last'));
    await house().put(`/users/${alice.id}`, {
      user: { password: use(secret('changed')), nonsense: use(secret('body')) },
    });
    await house().untilEqual();
  });

  it('and a webhook, whose receiver is away', async () => {
    const [namespace] = (await house().get<{ id: number; name: string }[]>('/namespaces')).body.filter(
      ({ name }) => name === 'portus',
    );
    const webhook = {
      url: `http://127.0.0.1:1/${use(secret('path'))}`,
      events: ['push'],
      username: 'u',
      password: use(secret('hook')),
      secret: use(secret('signature')),
    };
    const path = `/namespaces/${namespace!.id}/webhooks`;
    const hook = await house().post<{ id: number }>(path, { webhook });
    expect(hook.status, JSON.stringify(hook.body)).toBe(201);
    await house().put(`${path}/${hook.body.id}/toggle_enabled`, {});
    await push('told');
    await until('an attempt has failed', async () => {
      const [row] = await house().sql<{ n: number }>('SELECT max(attempts)::int AS n FROM webhook_deliveries');
      return (row?.n ?? 0) > 0;
    });
  });

  it('and stores that can not be reached, whose addresses hold passwords', async () => {
    const worker = await house().startWorker();
    await worker.stop();
    const REDIS_URL = `redis://:${use(secret('redis'))}@127.0.0.1:1`;
    worker.reconfigure({ REDIS_URL, DATABASE_URL: `postgres://portus:${use(secret('database'))}@127.0.0.1:1/none` });
    const before = worker.logs().length;
    worker.launch();
    await until('it tells of its database', () => /ECONNREFUSED/.test(worker.logs().slice(before)));
    await worker.kill();
  });

  it('writes none of them into any log or trace', async () => {
    await until('everything was sent', () => collector.spans().some(({ name }) => name.endsWith('/webhooks')));
    used.push(house().adminPassword, house().signing.keyPem.slice(40, 120), secret('mail'));
    expect(used.length).toBeGreaterThan(18);
    const logs = house().logs();
    expect(logs.length).toBeGreaterThan(10_000);
    const told = (text: string) =>
      used
        .flatMap((word) => [word, Buffer.from(`alice:${word}`).toString('base64')])
        .filter((word) => text.includes(word));
    expect(told(logs)).toEqual([]);
    expect(told(collector.text)).toEqual([]);
    expect(logs).not.toContain(secret('collector'));
  });
});
