import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiInProcess, type Known } from '../support/api-in-process.js';
import { MailCatcher } from '../support/mail-catcher.js';
import { MailWorker } from '../support/mail-worker.js';

const LINK = /https:\/\/portus\.example\.test\/reset_password#token=(\S+)/;

let mails: MailCatcher;
let api: ApiInProcess;
let worker: MailWorker;
beforeAll(async () => {
  mails = await MailCatcher.start({ user: 'sender', password: 'its password', startTls: true });
  api = await ApiInProcess.start({
    ...mails.env,
    PORTUS_PUBLIC_URL: 'https://portus.example.test/',
    PORTUS_EMAIL_FROM: 'portus@example.test',
    PORTUS_EMAIL_SMTP_USER_NAME: 'sender',
    PORTUS_EMAIL_SMTP_PASSWORD: 'its password',
    PORTUS_EMAIL_SMTP_OPENSSL_VERIFY_MODE: 'none',
  });
  worker = new MailWorker(api.database, api.settings);
});
afterAll(async () => {
  await worker.stop();
  await api.stop();
  await mails.stop();
});
beforeEach(() => api.database.sql.query('TRUNCATE login_failures'));

const ask = (email: string, options = {}) => api.post('/password_resets', { email }, { as: null, ...options });
const set = (token: string, password: string) => api.put('/password_resets', { token, password }, { as: null });

async function mailedToken(email: string): Promise<string> {
  expect((await ask(email)).status).toBe(202);
  const mail = await mails.next();
  expect(mail.to).toEqual([email]);
  return LINK.exec(mail.text)![1]!;
}

async function signIn(person: Known): Promise<string> {
  const made = await api.post('/session', { username: person.username, password: person.password }, { as: null });
  expect(made.status).toBe(201);
  return String(made.headers['set-cookie']).split(';')[0]!;
}

describe('a forgotten password', () => {
  it('is set anew by the mail, once, and ends all sessions', async () => {
    const alice = await api.person('alice');
    const cookie = await signIn(alice);
    const token = await mailedToken('alice@example.test');
    expect((await api.get('/session', { as: null, headers: { cookie } })).status).toBe(200);
    expect((await set(token, 'a new password')).status).toBe(204);
    expect((await api.get('/session', { as: null, headers: { cookie } })).status).toBe(401);
    expect((await api.get('/profile', { as: alice })).status).toBe(401);
    expect((await api.get('/profile', { as: { ...alice, password: 'a new password' } })).status).toBe(200);
    expect((await set(token, 'yet another one')).status).toBe(422);
    expect(await api.told('user')).toEqual(expect.arrayContaining(['user.password_reset', 'user.password']));
  });

  it('is answered the same for an address that nobody has, and then no mail goes out', async () => {
    const person = await api.person('bea');
    const known = await ask('bea@example.test');
    const unknown = await ask('nobody@example.test');
    expect(unknown.status).toBe(known.status);
    expect(unknown.body).toEqual(known.body);
    expect((await mails.next()).to).toEqual(['bea@example.test']);
    await api.put(`/users/${person.id}`, { user: { enabled: false } });
    const bot = { username: 'robot', email: 'robot@example.test', bot: true };
    expect((await api.post('/users', { user: bot })).status).toBe(201);
    for (const email of ['bea@example.test', 'robot@example.test']) expect((await ask(email)).body).toEqual(known.body);
    // The one that is sent afterwards is the only one.
    await api.person('carl');
    await mailedToken('carl@example.test');
    expect(mails.mails).toEqual([]);
  });

  it('keeps only a hash of what the mail holds', async () => {
    await api.person('dan');
    const token = await mailedToken('dan@example.test');
    const rows = await api.database.sql.query<{ text: string }>(
      `SELECT p::text || encode(p.token_hash, 'escape') AS text FROM password_resets p
       UNION ALL SELECT a::text FROM activities a UNION ALL SELECT m::text FROM mails m`,
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const { text } of rows) expect(text).not.toContain(token);
  });

  it('trap: the link is of the settings, whatever the request calls this server', async () => {
    await api.person('eli');
    await ask('eli@example.test', { headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test' } });
    const { text, from } = await mails.next();
    expect(from).toBe('portus@example.test');
    expect(text).not.toContain('evil');
    expect(text).toMatch(LINK);
  });

  it.each<[string, (person: Known) => Promise<unknown>]>([
    ['it has expired', () => api.database.sql.query(`UPDATE password_resets SET expires_at = now()`)],
    ['another mail was asked for', (person) => mailedToken(`${person.username}@example.test`)],
    ['the password was changed', (person) => api.put(`/users/${person.id}`, { user: { password: 'by an admin' } })],
    ['the address was changed', ({ id }) => api.put(`/users/${id}`, { user: { email: `not${id}@example.test` } })],
    ['the user was disabled', ({ id }) => api.put(`/users/${id}`, { user: { enabled: false } })],
    ['the user was deleted', ({ id }) => api.delete(`/users/${id}`)],
  ])('a mail is void when %s', async (_, change) => {
    const person = await api.person(`fay${Math.random().toString(36).slice(2)}`);
    const token = await mailedToken(`${person.username}@example.test`);
    await change(person);
    expect((await set(token, 'a new password')).status).toBe(422);
    expect((await set(`${token}x`, 'a new password')).status).toBe(422);
  });

  it('of many who use the same mail at once one sets the password', async () => {
    await api.person('gus');
    const token = await mailedToken('gus@example.test');
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => set(token, `password number ${i}`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 422, 422, 422, 422]);
  });

  it('a password that is too short is refused, and the mail stays good', async () => {
    const hal = await api.person('hal');
    const token = await mailedToken('hal@example.test');
    expect((await set(token, 'short')).status).toBe(400);
    expect((await set(token, 'long enough')).status).toBe(204);
    expect((await api.get('/profile', { as: { ...hal, password: 'long enough' } })).status).toBe(200);
  });

  it('three mails an hour go to one address, and one place asks twenty times at most', async () => {
    await api.person('ivy');
    for (let i = 0; i < 3; i++) await mailedToken('ivy@example.test');
    for (let i = 0; i < 3; i++) expect((await ask('ivy@example.test')).status).toBe(202);
    const last = await Promise.all(Array.from({ length: 20 }, () => ask('nobody@example.test')));
    const refused = last.filter(({ status }) => status === 429);
    expect(refused.length).toBe(6);
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(60);
    expect(mails.mails).toEqual([]);
  });

  it('a server that is busy is tried again', async () => {
    await api.person('jo');
    mails.refusals = 1;
    await ask('jo@example.test');
    expect((await mails.next()).to).toEqual(['jo@example.test']);
  });
});

it('where no mail is sent it is told so, and nothing is stored', async () => {
  const quiet = await ApiInProcess.start();
  try {
    const answer = await quiet.post('/password_resets', { email: 'x@example.test' }, { as: null });
    expect(answer.status).toBe(405);
    expect((await quiet.get('/session/options', { as: null })).body).toMatchObject({ password_reset: false });
  } finally {
    await quiet.stop();
  }
  expect((await api.get('/session/options', { as: null })).body).toMatchObject({ password_reset: true });
});
