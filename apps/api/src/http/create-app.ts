import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { AppError } from '#domain/errors/app-error.js';
import { createListener } from '#platform/http/listener.js';
import { type ListenerLimits, PUBLIC_LIMITS } from '#platform/http/listener-limits.js';
import { Draining } from '#platform/lifecycle/draining.js';
import { atMost } from '#platform/lifecycle/at-most.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { NestLogger } from '#platform/logging/nest-logger.js';
import { plainLogger } from '#platform/logging/logger.js';
import { withLogContext } from '#platform/logging/request-context.js';
import { type ApiParts, ApiModule } from '../app.module.js';
import { serveDocumentation } from '../openapi/documentation.routes.js';
import { serveOpenApi } from '../openapi/openapi.routes.js';
import { servePage } from '../web/serve-page.js';
import { rememberRoutes } from './allowed-methods.js';
import { endConnectionsWhileClosing, sendElsewhereWhileDraining } from './end-connections.js';
import { parseForm } from './form-body.js';
import { traceRequests } from './trace-requests.js';
import { answerUnroutable } from './unroutable.js';
import { RequestRecord } from './request-record.js';
import { secureAnswers } from './secure-answers.js';
import { isWireUrl } from './wire-url.js';

/** JSON bodies of the API. */
const BODY_LIMIT = 1024 * 1024;
const REQUEST_ID = /^[\w.-]{1,128}$/;
const PROGRAM = 'portus-api';
/** Probes ask all day long; their lines would hide the others. */
const QUIET = new Set(['/_ping', '/_health', '/api/v1/_ping']);

export interface ApiOptions {
  /** Only its wiring: for descriptions of it, without a database. */
  preview?: boolean;
  /** Is told of every route, whoever registers it: tests ask each of them. */
  onRoute?: (route: { method: string | string[]; url: string }) => void;
  /** Over those of a listener for everybody: tests need not wait for minutes. */
  limits?: Partial<ListenerLimits>;
}

/** Builds the api on Fastify, ready to listen or to be injected into. Throws when anything in its wiring is wrong. */
export async function createApi(parts: ApiParts, options: ApiOptions = {}): Promise<NestFastifyApplication> {
  const { settings, logger } = parts;
  const limits = { ...PUBLIC_LIMITS, ...options.limits };
  const adapter = new FastifyAdapter({
    loggerInstance: logger as never,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId as never,
    trustProxy: settings.trustedProxies === '' ? false : settings.trustedProxies.split(',').map((part) => part.trim()),
    bodyLimit: BODY_LIMIT,
    frameworkErrors: answerUnroutable as never,
    serverFactory: (handler: RequestListener) => createListener(limits, handler, (text) => logger.warn(text)),
    // The listener has answered.
    clientErrorHandler: (() => undefined) as never,
    forceCloseConnections: 'idle',
    // A request that reaches a program on its way out is served: restarts one after the other cost no client anything.
    return503OnClosing: false,
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  if (options.onRoute) fastify.addHook('onRoute', options.onRoute);
  rememberRoutes(fastify);
  const record = new RequestRecord(fastify);
  secureAnswers(fastify);
  traceRequests(fastify, QUIET);
  logRequests(fastify, parts);
  endConnectionsWhileClosing(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.register(parts), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    ...(options.preview ? { preview: true } : {}),
  });
  if (!options.preview) record.showIn(app.get(Metrics));
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: badRequest }));
  app.useBodyParser('application/x-www-form-urlencoded', { bodyLimit: BODY_LIMIT }, (_request, body, done) => {
    done(null, parseForm(body as Buffer));
  });
  serveOpenApi(app);
  serveDocumentation(app);
  if (options.preview) return app;
  sendElsewhereWhileDraining(fastify, app.get(Draining));
  await servePage(app);
  return app;
}

function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/**
 * One line per request, with the id that every line of it carries and that the answer names. Lines of token requests
 * and notifications carry it by themselves: a context would be a tenth of their cost.
 */
function logRequests(fastify: FastifyInstance, { logger }: ApiParts): void {
  const lines = plainLogger(logger, PROGRAM);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (isWireUrl(request.url)) return done();
    // It depends on who asks; an answer that may be kept says so itself.
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    inLogContext(request, reply, done);
  });
  // What goes on when a body was read goes on outside of the context.
  fastify.addHook('preHandler', (request, reply, done) => {
    if (request.body === undefined || isWireUrl(request.url)) return done();
    inLogContext(request, reply, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const [path = ''] = request.url.split('?', 1);
    if (!QUIET.has(path)) {
      const ms = Math.round(reply.elapsedTime * 10) / 10;
      lines.info(
        { requestId: request.id, method: request.method, path: path.slice(0, 512), status: reply.statusCode, ms },
        'request',
      );
    }
    done();
  });
}

/** A stream that somebody looks at all day is no reason to keep the context of requests in use: milliseconds. */
const LONGEST_CONTEXT_MS = 60_000;

/** Goes on with a request so that all that it logs until its end carries its id. */
function inLogContext(request: FastifyRequest, reply: FastifyReply, goOn: () => void): void {
  void withLogContext({ requestId: request.id }, () => {
    goOn();
    return atMost(LONGEST_CONTEXT_MS, new Promise<void>((resolve) => reply.raw.once('close', () => resolve())));
  });
}

/** Portus answers a list of pairs for bad parameters; we answer field → messages in one text. */
function badRequest(issues: readonly { message: string; path?: readonly unknown[] | undefined }[]): AppError {
  const parts = issues.slice(0, 20).map((issue) => {
    const path = (issue.path ?? []).map((step) =>
      typeof step === 'object' && step !== null ? (step as { key: unknown }).key : step,
    );
    return path.length > 0 ? `${path.join('.')}: ${issue.message}` : issue.message;
  });
  return new AppError('bad_request', parts.join('; '));
}
