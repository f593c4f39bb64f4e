import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MailsRepository } from '#persistence/mails.repository.js';
import { ApiInProcess } from '../support/api-in-process.js';
import { MailCatcher } from '../support/mail-catcher.js';
import { MailWorker } from '../support/mail-worker.js';
import { quietPort } from '../support/ports.js';
import { until } from '../support/until.js';

const ON = { PORTUS_EMAIL_SMTP_ENABLED: 'true', PORTUS_EMAIL_SMTP_ADDRESS: '127.0.0.1' };

interface Row {
  state: string;
  attempts: number;
  reason: string | null;
  sealed: string | null;
}

let ends: (() => Promise<unknown>)[];
beforeEach(() => {
  ends = [];
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
});

async function start(env: Record<string, string>): Promise<ApiInProcess> {
  const api = await ApiInProcess.start({ ...ON, ...env });
  ends.push(() => api.stop());
  return api;
}

async function catcher(...options: Parameters<typeof MailCatcher.start>): Promise<MailCatcher> {
  const mails = await MailCatcher.start(...options);
  ends.push(() => mails.stop());
  return mails;
}

function work(api: ApiInProcess): MailWorker {
  const worker = new MailWorker(api.database, api.settings);
  ends.push(() => worker.stop());
  return worker;
}

const rows = (api: ApiInProcess) =>
  api.database.sql.query<Row & Record<string, unknown>>(
    'SELECT state, attempts, reason, sealed FROM mails ORDER BY id',
  );
const tried = (api: ApiInProcess, count: number) =>
  until('it was tried', async () => {
    const [row] = await rows(api);
    return row !== undefined && row.attempts >= count && row.reason !== null;
  });
const hurry = (api: ApiInProcess) => api.database.sql.query('UPDATE mails SET next_attempt_at = now()');

async function asked(api: ApiInProcess, name = 'kim'): Promise<void> {
  await api.person(name);
  const said = await api.post('/password_resets', { email: `${name}@example.test` }, { as: null });
  expect(said.status).toBe(202);
  await until('it was written down', async () => (await rows(api)).length === 1);
}

describe('a mail', () => {
  it('survives a server that is away and the worker that tried it, and goes out once when both are back', async () => {
    const port = await quietPort();
    const api = await start({ PORTUS_EMAIL_SMTP_PORT: String(port) });
    const first = work(api);
    await asked(api);
    await tried(api, 1);
    await first.stop();
    const [waiting] = await rows(api);
    expect(waiting).toMatchObject({ state: 'waiting', sealed: expect.stringMatching(/^v1\./) });
    const mails = await catcher({ port });
    work(api);
    expect((await mails.next()).to).toEqual(['kim@example.test']);
    await until('it is written down', async () => (await rows(api))[0]!.state === 'sent');
    expect(await rows(api)).toMatchObject([{ state: 'sent', sealed: null }]);
    await hurry(api);
    expect(await new MailsRepository(api.database.sql).hasDue()).toBe(false);
    expect(mails.mails).toEqual([]);
  });

  it('that a worker died with is sent by the next one, not before its time', async () => {
    const mails = await catcher();
    const api = await start(mails.env);
    await asked(api);
    const repository = new MailsRepository(api.database.sql);
    // As a worker that is killed here leaves it.
    const { id } = (await repository.begin(90))!;
    expect(await repository.begin(90)).toBeNull();
    await api.database.sql.query(`UPDATE mails SET next_attempt_at = now() - interval '1 s'`);
    work(api);
    await mails.next();
    // The one that was believed dead wakes up: what it says does not count.
    expect(await repository.settle({ id, attempts: 1, state: 'dead', reason: 'late', pause: 0 })).toBe(false);
  });

  it('is given up when the server refuses it for good, and kept no longer', async () => {
    const mails = await catcher();
    mails.refuses = 550;
    const api = await start(mails.env);
    work(api);
    await asked(api);
    await until('it is given up', async () => (await rows(api))[0]!.state === 'dead');
    expect(await rows(api)).toMatchObject([{ attempts: 1, sealed: null, reason: expect.stringContaining('550') }]);
  });

  it('waits for a password that is put right: a refused sign-in is not its fault', async () => {
    const mails = await catcher({ user: 'sender', password: 'right', startTls: true });
    const login = { PORTUS_EMAIL_SMTP_USER_NAME: 'sender', PORTUS_EMAIL_SMTP_PASSWORD: 'wrong' };
    const api = await start({ ...mails.env, ...login, PORTUS_EMAIL_SMTP_OPENSSL_VERIFY_MODE: 'none' });
    work(api);
    await asked(api);
    await tried(api, 1);
    expect(await rows(api)).toMatchObject([{ state: 'waiting' }]);
  });

  it.each([
    ['has expired', `UPDATE password_resets SET expires_at = now()`],
    ['is replaced, used or not wanted any more', `DELETE FROM password_resets`],
  ])('is not sent when the link in it %s', async (_, statement) => {
    const mails = await catcher();
    const api = await start(mails.env);
    await asked(api);
    await api.database.sql.query(statement);
    expect(await new MailsRepository(api.database.sql).begin(90)).toBeNull();
  });
});

describe('encryption', () => {
  it('trap: a server whose certificate is not good gets no mail', async () => {
    const mails = await catcher({ startTls: true });
    const api = await start({ ...mails.env, PORTUS_EMAIL_SMTP_OPENSSL_VERIFY_MODE: 'peer' });
    work(api);
    await asked(api);
    await tried(api, 1);
    expect(mails.mails).toEqual([]);
  });

  it('where the settings do not ask for a good certificate it goes, encrypted', async () => {
    const mails = await catcher({ startTls: true });
    const api = await start({ ...mails.env, PORTUS_EMAIL_SMTP_OPENSSL_VERIFY_MODE: 'none' });
    work(api);
    await asked(api);
    expect((await mails.next()).secure).toBe(true);
  });

  it('trap: a server that offers none is told no password, unless that is switched off in so many words', async () => {
    const mails = await catcher({ user: 'sender', password: 'right' });
    const login = { PORTUS_EMAIL_SMTP_USER_NAME: 'sender', PORTUS_EMAIL_SMTP_PASSWORD: 'right' };
    const api = await start({ ...mails.env, ...login });
    work(api);
    await asked(api);
    await tried(api, 1);
    expect(mails.signIns).toBe(0);
    expect(mails.mails).toEqual([]);
    const clear = await start({ ...mails.env, ...login, PORTUS_EMAIL_SMTP_ENABLE_STARTTLS_AUTO: 'false' });
    work(clear);
    await asked(clear);
    expect(await mails.next()).toMatchObject({ secure: false });
  });
});

describe('health', () => {
  it('tells whether the server can be reached, and nothing of who has asked for a mail', async () => {
    const mails = await catcher();
    const api = await start(mails.env);
    const health = async (of: ApiInProcess) => (await of.get<Record<string, object>>('/health', { as: null })).body;
    expect((await health(api))['mail']).toMatchObject({ status: 'up', msg: 'the mail server answers' });
    const away = await start({ PORTUS_EMAIL_SMTP_PORT: String(await quietPort()) });
    expect((await health(away))['mail']).toMatchObject({ success: true, status: 'degraded' });
    const off = await ApiInProcess.start();
    ends.push(() => off.stop());
    expect((await health(off))['mail']).toMatchObject({ status: 'up', msg: 'mail is not configured' });
  });
});
