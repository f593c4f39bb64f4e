import { expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { documentedMetrics, exposedMetrics } from '../support/documented-metrics.js';
import { metric } from '../support/metrics.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import { until } from '../support/until.js';

type Components = Record<string, { status: string; msg: string; since?: string }>;

const OFF = { PORTUS_BACKGROUND_REGISTRY_ENABLED: 'false', PORTUS_SECURITY_DUMMY_SERVER: 'dummy' };

scenes('health and metrics of a whole house', { flavours: ['2.8'], stack: { env: OFF } }, (house) => {
  const ask = async (url: string) => {
    const answer = await fetch(url);
    return {
      status: answer.status,
      word: answer.headers.get('x-portus-status'),
      body: (await answer.json()) as Components,
    };
  };
  const component = (what: string, name: string, fits: (one: Components[string]) => boolean) =>
    until(what, async () => {
      const one = (await ask(`${house().url}/api/v1/health`)).body[name];
      return one && fits(one) && one;
    });
  const push = async (tag: string) => {
    const repository = 'portus/app';
    const token = await house().signToken([{ type: 'repository', name: repository, actions: ['pull', 'push'] }]);
    await pushImage({ url: house().registry.url, repository, token }, tag, buildImage({ seed: tag }));
  };

  it('shows that nobody handles notifications, which are stored and wait', async () => {
    await push('v1');
    await component('that a notification waits', 'events', ({ msg }) => /^\d+ notifications wait/.test(msg));
    const background = await component('what is off', 'background', ({ status }) => status === 'degraded');
    expect(background.msg).toContain('switched off: registry-events');
    expect(background.msg).toContain('notifications are stored and wait');
    const worker = await ask(`${house().workers[0]!.healthUrl}/api/v1/health`);
    expect(worker).toMatchObject({
      status: 200,
      word: 'degraded',
      body: { database: { status: 'up' }, queue: { status: 'up' }, background: { status: 'degraded' } },
    });
    expect(await metric(house().api, 'portus_workers_of_task', { task: 'registry-events' })).toBe(0);
    expect(await metric(house().api, 'portus_workers_of_task', { task: 'security-scan' })).toBe(1);
    expect(await house().sql('SELECT tag FROM registry_events WHERE tag IS NOT NULL')).toEqual([{ tag: 'v1' }]);
  });

  it('works off what waits when that is switched on again', async () => {
    await house().restartWith({ PORTUS_BACKGROUND_REGISTRY_ENABLED: undefined });
    await house().untilEqual();
    const background = await component('that it is on', 'background', ({ status }) => status === 'up');
    expect(background.msg).toBe('switched off: garbage-collector');
    const registry = await component('when it was heard', 'registry:e2e', ({ msg }) => msg.includes('the last'));
    expect(registry).toMatchObject({ status: 'up', msg: expect.stringMatching(/^reachable; the last notification/) });
  });

  it('shows the metrics that docs/metrics.md names, all of them, with their labels, and no others', async () => {
    await push('v2');
    await house().untilEqual();
    await house().get('/tags');
    await until('a sync has ended', () => metric(house().api, 'portus_sync_ended', { state: 'done' }));
    await until('a scan has ended', () => metric(house().workers[0]!, 'portus_scans_total', { end: 'done' }));
    const documented = documentedMetrics();
    const shown = new Map([
      ...(await exposedMetrics(house().workers[0]!)),
      // Has more series, where both have a metric.
      ...(await exposedMetrics(house().api)),
    ]);
    const own = [...shown].filter(([name]) => !/^(process|nodejs)_/.test(name));
    expect(own.map(([name]) => name).toSorted()).toEqual([...documented.keys()].toSorted());
    const wrong = own.filter(([name, labels]) => labels && String(labels) !== String(documented.get(name)));
    expect(wrong).toEqual([]);
    // Only with a run at work, without a database.
    const without = own.filter(([, labels]) => labels === null).map(([name]) => name);
    expect(without.toSorted()).toEqual(['portus_sync_progress_ratio', 'portus_token_grace_left_seconds']);
    const route = { method: 'GET', route: '/api/v1/tags', status: '2xx' };
    expect(await metric(house().api, 'portus_http_requests_total', route)).toBeGreaterThan(0);
  });

  it('tells since when there is no worker', async () => {
    const [worker] = house().workers;
    await worker!.stop();
    const gone = await component('that the worker is gone', 'worker', ({ status }) => status === 'down');
    expect(Date.parse(gone.since!)).toBeGreaterThan(Date.now() - 600_000);
    expect(await ask(`${house().url}/_health`)).toMatchObject({ status: 200, word: 'up' });
    await worker!.start();
    await component('that it is back', 'worker', ({ status }) => status === 'up');
  });

  it('has a worker that waits for its database say so, without being taken for dead', async () => {
    const [worker] = house().workers;
    await worker!.stop();
    worker!.reconfigure({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    worker!.launch();
    const ping = await until('it answers pings', () => ask(`${worker!.healthUrl}/_ping`));
    expect(ping).toMatchObject({ status: 200, body: { ok: true } });
    expect(await ask(`${worker!.healthUrl}/_health`)).toMatchObject({ status: 503, word: 'down' });
    await worker!.kill();
  });
});
