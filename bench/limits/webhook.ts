import { fastify } from 'fastify';
import pg from 'pg';

/** The least that an inbox must do: one insert of the bytes that came. It checks no secret and understands nothing. */
const POOL_SIZE = 10;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL_SIZE });
await pool.query('CREATE TABLE bench_inbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)');
const insert = { name: 'insert', text: 'INSERT INTO bench_inbox (body) VALUES ($1)' };

const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.get('/ready', (_request, reply) => reply.send('ready'));
app.post('/v2/webhooks/events', async (request, reply) => {
  await pool.query({ ...insert, values: [(request.body as Buffer).toString('utf8')] });
  return reply.code(202).send();
});
await app.listen({ port: Number(process.env['BENCH_PORT']), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
