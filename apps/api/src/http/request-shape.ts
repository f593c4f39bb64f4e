import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Observable } from 'rxjs';
import { AppError } from '#domain/errors/app-error.js';
import { fitForm } from './form-body.js';
import { type OperationSchemas, schemasOf } from './operation-schemas.js';
import { unknownFields, warningOf } from './unknown-fields.js';

const FORM = 'application/x-www-form-urlencoded';

/**
 * What holds for requests of all operations: parameters of the query that nobody reads are refused by name, forms get the
 * types of the body that is wanted, fields that nobody knows are ignored and named in `X-Portus-Warning`.
 */
@Injectable()
export class RequestShape implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const schemas = schemasOf(context);
    requireAcceptable(request, schemas);
    requireKnownQuery(request, schemas);
    if (schemas.body) readFields(request, http.getResponse<FastifyReply>(), schemas.body, schemas);
    return next.handle();
  }
}

function requireAcceptable({ headers }: FastifyRequest, { produces }: OperationSchemas): void {
  if (headers.accept === undefined || new Negotiator({ headers }).mediaType([...produces])) return;
  throw new AppError('not_acceptable', `this answers ${produces[0]}`);
}

function requireKnownQuery({ query }: FastifyRequest, { query: known }: OperationSchemas): void {
  if (known === null) return;
  const unknown = Object.keys(query as object).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 10).map((name) => name.slice(0, 64));
  throw new AppError('bad_request', `${names.join(', ')}: is no parameter of this`);
}

function readFields(
  request: FastifyRequest,
  reply: FastifyReply,
  schema: NonNullable<OperationSchemas['body']>,
  { view }: OperationSchemas,
): void {
  if (request.headers['content-type']?.toLowerCase().startsWith(FORM)) request.body = fitForm(schema, request.body);
  const unknown = unknownFields(schema, view, request.body);
  if (unknown.length > 0) reply.header('X-Portus-Warning', warningOf(unknown));
}
