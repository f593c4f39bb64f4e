import { setTimeout as wait } from 'node:timers/promises';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { AppError } from '#domain/errors/app-error.js';
import { Database } from '#persistence/database.js';
import { type GuardedRow, RowGuard, StaleRowError, versionOf } from '#persistence/row-guard.js';
import { isDeadlock } from '#persistence/connection-errors.js';
import type { AuthenticatedRequest } from './access.js';
import { entityTagOf, type EntityTags, isKnown, parseEntityTags, versionsIn } from './entity-tags.js';
import { ListPage } from './list-page.js';
import { VERSIONED, type Versioned } from './versioned.js';

/** How often a change begins anew that others overtake, before it is given up. */
const ATTEMPTS = 20;
/** Those that overtake each other wait for a moment of their own, longer each time. Milliseconds. */
const PAUSE_MS = 5;
const STALE = 'it was changed meanwhile: get it again';

type Result = unknown;

/**
 * `ETag` and `If-None-Match` of what is read, `If-Match` of what is changed (RFC 9110, 13). Without `If-Match` a change
 * is bound to the version with which it began all the same, and begins anew when that is overtaken.
 */
@Injectable()
export class Preconditions implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly database: Database,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<Result> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const reply = http.getResponse<FastifyReply>();
    // What probes ask is no resource.
    if (!request.url.startsWith('/api/v1/')) return next.handle();
    const versioned = this.reflector.get<Versioned | undefined>(VERSIONED, context.getHandler());
    const row = versioned ? rowOf(versioned, request) : null;
    const call = (): Promise<Result> => lastValueFrom(next.handle(), { defaultValue: undefined });
    if (request.method === 'GET' || request.method === 'HEAD') {
      return defer(async () => this.read(request, reply, row, call));
    }
    const ifMatch = tagsOf(request, 'if-match');
    if (!versioned) {
      if (ifMatch === null || ifMatch === '*') return next.handle();
      throw new AppError('precondition_failed', 'this has no version that If-Match could name');
    }
    if (versioned.early) {
      request.unchanged = async () => this.requireUnchanged(ifMatch, row);
      return next.handle();
    }
    return defer(async () => this.change(reply, ifMatch, row, call));
  }

  private async requireUnchanged(ifMatch: EntityTags | null, row: GuardedRow | null): Promise<boolean> {
    if (ifMatch === null || ifMatch === '*' || row === null) return false;
    if (await new RowGuard(row, versionsIn(ifMatch)).holds(this.database)) return true;
    throw new AppError('precondition_failed', STALE);
  }

  /** The version is asked for first: when something comes between, the tag is too old, which costs a repetition only. */
  private async read(
    request: AuthenticatedRequest,
    reply: FastifyReply,
    row: GuardedRow | null,
    call: () => Promise<Result>,
  ): Promise<Result> {
    const known = tagsOf(request, 'if-none-match');
    const version = row && (await versionOf(this.database, row));
    const result = await call();
    if (!isResource(result) || reply.statusCode !== 200) return result;
    const entityTag = entityTagOf(version, result);
    reply.header('etag', entityTag);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache');
    if (known === null || !isKnown(known, entityTag)) return result;
    reply.code(304);
    return undefined;
  }

  private async change(
    reply: FastifyReply,
    ifMatch: EntityTags | null,
    row: GuardedRow | null,
    call: () => Promise<Result>,
  ): Promise<Result> {
    const asked = ifMatch !== null && ifMatch !== '*' ? versionsIn(ifMatch) : null;
    // Not there: the operation itself has to say who may know that.
    if (row === null) return call();
    for (let attempt = 1; ; attempt += 1) {
      const version = await versionOf(this.database, row);
      if (version === null) return call();
      const guard = new RowGuard(row, asked ?? [version]);
      try {
        const result = await guard.run(call);
        if (asked !== null && guard.left === undefined && !(await guard.holds(this.database)))
          throw new StaleRowError();
        // What workers go on with (202) is answered, not the resource.
        if (guard.left && isResource(result) && reply.statusCode !== 202)
          reply.header('etag', entityTagOf(guard.left, result));
        return result;
      } catch (error) {
        if (error instanceof StaleRowError && asked !== null) throw new AppError('precondition_failed', STALE);
        const overtaken = error instanceof StaleRowError || isDeadlock(error);
        if (!overtaken) throw error;
        if (attempt === ATTEMPTS) throw new AppError('conflict', STALE, { retryable: true });
        await wait(Math.random() * PAUSE_MS * attempt);
      }
    }
  }
}

function rowOf({ table, param }: Versioned, request: AuthenticatedRequest): GuardedRow | null {
  const text = param === 'me' ? String(request.person?.userId) : (request.params as Record<string, string>)[param];
  return text !== undefined && /^\d{1,9}$/.test(text) ? { table, id: Number(text) } : null;
}

function tagsOf(request: AuthenticatedRequest, name: 'if-match' | 'if-none-match'): EntityTags | null {
  const header = request.headers[name];
  if (header === undefined) return null;
  const tags = parseEntityTags(header);
  if (tags === null) throw new AppError('bad_request', `${name}: is no list of entity tags`);
  return tags;
}

/** What is one thing: no list, no stream, no text. */
function isResource(result: Result): result is object {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return false;
  return !(result instanceof ListPage) && !(result instanceof StreamableFile) && !Buffer.isBuffer(result);
}
