import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import { type Claim, IdempotencyKeysRepository, type KnownKey } from '#persistence/idempotency-keys.repository.js';
import { underWatch } from '#persistence/transaction-watch.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Sealer } from '#platform/secrets/sealer.js';
import type { AuthenticatedRequest, Person } from './access.js';
import { canonicalJson } from './canonical-json.js';

const PURPOSE = 'answers of idempotent requests';
const KEY = /^[\x21-\x7e]{1,255}$/;
/** Characters of an answer that is kept. */
const LONGEST_ANSWER = 256 * 1024;
/** How long a request waits for the one that has the same key, and how often it looks. Milliseconds. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;
const KEPT_HEADERS = ['location', 'etag', 'x-portus-warning'];

/**
 * `Idempotency-Key` of creations: the same request of the same user within a day is answered with the first answer, and
 * is not carried out again. Only what succeeded is kept; after a failure the key is free.
 */
@Injectable()
export class Idempotency implements NestInterceptor {
  private readonly sealer: Sealer;
  private readonly key: Buffer;

  constructor(
    private readonly keys: IdempotencyKeysRepository,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.sealer = Sealer.of(settings);
    this.key = Buffer.from(hkdfSync('sha256', settings.secretKeyBase, '', 'portus idempotent requests', 32));
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const header = request.headers['idempotency-key'];
    if (request.method !== 'POST' || header === undefined) return next.handle();
    return defer(() =>
      this.once(claimOf(request, String(header), this.key), http.getResponse<FastifyReply>(), () =>
        lastValueFrom(next.handle(), { defaultValue: undefined }),
      ),
    );
  }

  private async once(claim: Claim, reply: FastifyReply, call: () => Promise<unknown>): Promise<unknown> {
    const known = await this.settled(claim);
    if (known !== 'ours') return this.replay(claim, known, reply);
    const made = async (sql: Parameters<IdempotencyKeysRepository['noteMade']>[1]): Promise<void> => {
      if (!(await this.keys.noteMade(claim, sql)))
        throw new AppError('conflict', 'the same was asked for again meanwhile');
    };
    try {
      const result = await underWatch({ end: made }, call);
      await this.keys.noteAnswer(claim, this.answerOf(result, reply));
      return result;
    } catch (error) {
      await this.keys.release(claim).catch(() => undefined);
      throw error;
    }
  }

  /** Takes the key, or waits for the request that has it. */
  private async settled(claim: Claim): Promise<'ours' | KnownKey> {
    for (const end = Date.now() + PATIENCE_MS; ; await wait(LOOK_MS)) {
      const known = await this.keys.claim(claim);
      if (known === null) {
        throw new AppError('too_many_requests', 'too many keys within a day', { retryable: true, retryAfter: 3_600 });
      }
      if (known === 'ours' || known.state === 'answered' || !known.fingerprint.equals(claim.fingerprint)) return known;
      if (Date.now() < end) continue;
      if (known.state === 'made') return known;
      throw new AppError('conflict', 'the first request with this Idempotency-Key is still at work', {
        retryable: true,
      });
    }
  }

  private replay(claim: Claim, known: KnownKey, reply: FastifyReply): unknown {
    if (!known.fingerprint.equals(claim.fingerprint)) {
      throw new InvalidError({ 'Idempotency-Key': ['was used for another request'] });
    }
    const kept = this.keptOf(known);
    if (kept === null) throw new AppError('conflict', 'this was carried out; its answer can not be given again');
    reply.code(kept.status).headers({ ...kept.headers, 'idempotency-replayed': 'true' });
    return kept.body;
  }

  private answerOf(body: unknown, reply: FastifyReply): string | null {
    const headers = Object.fromEntries(
      KEPT_HEADERS.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
    );
    const text = JSON.stringify({ status: reply.statusCode, headers, body } satisfies Kept);
    return text.length > LONGEST_ANSWER ? null : this.sealer.seal(text, PURPOSE);
  }

  /** null: it was too long, is not there yet because its process ended, or can not be read with the present secret. */
  private keptOf({ answer }: KnownKey): Kept | null {
    if (answer === null) return null;
    try {
      return JSON.parse(this.sealer.unseal(answer, PURPOSE)) as Kept;
    } catch {
      return null;
    }
  }
}

interface Kept {
  status: number;
  headers: Record<string, string>;
  body?: unknown;
}

function claimOf(request: AuthenticatedRequest, key: string, secret: Buffer): Claim {
  const { person } = request;
  if (!KEY.test(key)) throw new AppError('bad_request', 'Idempotency-Key: must be 1 to 255 visible characters');
  if (!person) throw new AppError('bad_request', 'Idempotency-Key: is for those who are signed in');
  return { userId: person.userId, key, fingerprint: fingerprintOf(request, person, secret), holder: randomUUID() };
}

/**
 * Credentials that may do less must not get at the answer that others were given. Keyed: bodies hold passwords, and a bare
 * hash could be tried against.
 */
function fingerprintOf({ method, url, body }: AuthenticatedRequest, person: Person, secret: Buffer): Buffer {
  return createHmac('sha256', secret)
    .update(canonicalJson([method, url, body ?? null, person.token ?? null]))
    .digest();
}
