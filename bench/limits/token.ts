import { createHmac, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fastify } from 'fastify';
import { SignJWT } from 'jose';
import pg from 'pg';

/**
 * The least that a token endpoint must do: one HMAC (the password was verified before), one prepared point query (what
 * the user is now), one signature with jose, ES256 or RS256. It parses nothing, decides nothing and logs nothing.
 */
const POOL_SIZE = 10;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL_SIZE });
const key = createPrivateKey(readFileSync(process.env['PORTUS_KEY_PATH']!));
const certificate = new X509Certificate(readFileSync(process.env['PORTUS_CERT_PATH']!));
const alg = key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
const header = { typ: 'JWT', alg, x5c: [certificate.raw.toString('base64')] };
const secret = randomBytes(32);
const query = { name: 'user', text: 'SELECT id, credential_version, admin, enabled FROM users WHERE username = $1' };

const app = fastify();
app.get('/ready', (_request, reply) => reply.send('ready'));
app.get('/v2/token', async (request, reply) => {
  createHmac('sha256', secret)
    .update(request.headers.authorization ?? '')
    .digest('base64');
  await pool.query({ ...query, values: ['admin'] });
  const now = Math.floor(Date.now() / 1000);
  const access = [{ type: 'repository', name: 'admin/app', actions: ['pull', 'push'] }];
  const claims = { iss: 'portus.bench', sub: 'admin', aud: 'registry', iat: now, nbf: now, exp: now + 300, access };
  const token = await new SignJWT(claims).setProtectedHeader(header).sign(key);
  return reply.send({ token, access_token: token, expires_in: 300 });
});
await app.listen({ port: Number(process.env['BENCH_PORT']), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
