import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKGROUND_TASKS } from '#domain/worker/background-tasks.js';
import { watchSyncs } from '#persistence/watch-syncs.js';
import { WorkersRepository } from '#persistence/workers.repository.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { ApiInProcess } from '../support/api-in-process.js';
import { MailCatcher } from '../support/mail-catcher.js';
import { until } from '../support/until.js';

type Components = Record<string, { success: boolean; msg: string; status: string; since?: string }>;

const MAIL = { user: 'mailer', password: 'secret of the mail server' };

describe('health of the whole house', () => {
  let api: ApiInProcess;
  let mails: MailCatcher;
  let workers: WorkersRepository;
  const worker = (tasks = BACKGROUND_TASKS.filter(() => true)) => ({
    id: randomUUID(),
    name: 'w',
    version: '1',
    tasks,
  });
  const sql = (text: string) => api.database.sql.query(text);

  beforeAll(async () => {
    mails = await MailCatcher.start({ ...MAIL, startTls: true });
    api = await ApiInProcess.start({
      ...mails.env,
      PORTUS_EMAIL_SMTP_USER_NAME: MAIL.user,
      PORTUS_EMAIL_SMTP_PASSWORD: MAIL.password,
      PORTUS_EMAIL_SMTP_OPENSSL_VERIFY_MODE: 'none',
    });
    workers = new WorkersRepository(api.database.sql);
  });
  afterAll(async () => {
    await api.stop();
    await mails.stop();
  });

  async function look(): Promise<Components> {
    return (await api.get<Components>('/health', { as: null })).body;
  }

  /** What was looked at a moment ago is shown for a while. */
  const shown = (what: string, component: string, fits: (one: Components[string]) => boolean) =>
    until(what, async () => {
      const one = (await look())[component]!;
      return fits(one) && one;
    });

  it('tells of everything, also without a worker, a queue store or a registry, and of nothing secret', async () => {
    // A machine that is busy answers "in time" a little later.
    const { status, headers, body } = await until(
      'the database is looked at in time',
      async () => {
        const answer = await api.get<Components>('/health', { as: null });
        return answer.body['scanner']!.status === 'up' && answer.body['mail']!.status === 'up' && answer;
      },
      { timeoutMs: 40_000 },
    );
    expect([status, headers['x-portus-status']]).toEqual([503, 'down']);
    expect(Object.fromEntries(Object.entries(body).map(([name, one]) => [name, one.status]))).toEqual({
      database: 'up',
      tokens: 'up',
      keys: 'up',
      registry: 'down',
      'registry:registry': 'down',
      clocks: 'up',
      worker: 'down',
      background: 'degraded',
      events: 'up',
      webhooks: 'up',
      queue: 'degraded',
      scanner: 'up',
      mail: 'up',
    });
    expect(body['worker']!.msg).toBe('no worker is at work; none was ever seen');
    expect(body['mail']!.msg).toBe('the mail server answers');
    expect(JSON.stringify(body)).not.toMatch(/secret|postgres:|redis:|127\.0\.0\.1|password/);
    expect((await api.app.inject({ url: '/_health' })).json()).toMatchObject({ database: { status: 'up' } });
  });

  it('counts workers, notices when one stops in order, and when one falls silent', async () => {
    const [one, other] = [worker(), worker(['catalog-sync'])];
    for (const each of [one, other]) await workers.beat(each);
    await shown('two workers', 'worker', ({ msg }) => msg === '2 workers are at work');
    expect((await look())['background']).toMatchObject({ status: 'up', msg: 'all tasks are on' });
    await workers.stop(one.id);
    await shown('one worker', 'worker', ({ msg }) => msg === '1 worker is at work');
    const off = 'switched off: registry-events, security-scan, webhook-deliveries, garbage-collector';
    const background = await shown('that tasks are off', 'background', ({ status }) => status === 'degraded');
    expect(background.msg).toBe(`${off}; notifications are stored and wait`);
    await sql(`UPDATE workers SET seen_at = now() - interval '1 minute'`);
    const gone = await shown('no worker', 'worker', ({ status }) => status === 'down');
    expect(Date.now() - Date.parse(gone.since!)).toBeGreaterThan(50_000);
  });

  it('keeps no rows of workers that are long gone', async () => {
    await sql(`UPDATE workers SET seen_at = now() - interval '1 hour'`);
    const alive = worker();
    for (let beats = 0; beats < 3; beats++) await workers.beat(alive);
    expect(await sql('SELECT id FROM workers')).toEqual([{ id: alive.id }]);
  });

  it('notices notifications that wait for too long', async () => {
    await sql(
      `INSERT INTO registry_events (registry_id, event_id, action, repository, received_at)
       SELECT id, 'old', 'push', 'a/b', now() - interval '10 minutes' FROM registries LIMIT 1`,
    );
    const events = await shown('that events are late', 'events', ({ status }) => status === 'degraded');
    expect(events.msg).toMatch(/^1 notifications wait, the oldest for 60\d s$/);
    expect(Date.now() - Date.parse(events.since!)).toBeGreaterThan(590_000);
  });

  it('tells a schema that is newer from one that is older', async () => {
    await sql(`INSERT INTO migrations (timestamp, name) VALUES (9, 'OfTheFuture9')`);
    await shown('a newer schema', 'database', ({ status }) => status === 'degraded');
    await sql(`DELETE FROM migrations WHERE name = 'OfTheFuture9' OR name LIKE 'Workers%'`);
    const older = await shown('an older schema', 'database', ({ status }) => status === 'down');
    expect(older.msg).toContain('lacks 1 migrations');
  });

  it('shows how syncs go, to Prometheus', async () => {
    await sql(
      `INSERT INTO sync_runs (registry_id, slot, mode, strategy, state, listed, done, open, started_at, finished_at)
       SELECT id, 'names:1', 'names', 'update', 'done', 10, 10, 3, now() - interval '100 s', now() - interval '40 s' FROM registries
       UNION ALL SELECT id, 'names:2', 'names', 'update', 'running', 8, 2, 0, now(), NULL FROM registries`,
    );
    const metrics = new Metrics();
    watchSyncs(metrics, api.database.sql);
    const lines = (await metrics.scrape()).split('\n').filter((line) => line.startsWith('portus_sync'));
    const of = '{registry="registry",mode="names"}';
    expect(lines).toContain(`portus_sync_progress_ratio${of} 0.25`);
    expect(lines).toContain(`portus_sync_drift${of} 3`);
    expect(lines).toContain(`portus_sync_took_seconds${of} 60`);
    expect(lines).toContain('portus_sync_ended{registry="registry",mode="names",state="done"} 1');
    expect(lines).toContain('portus_sync_ended{registry="registry",mode="names",state="failed"} 0');
    expect(lines.some((line) => line.includes('mode="deep"'))).toBe(false);
  });
});
