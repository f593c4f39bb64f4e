import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorAnswer } from './error-body.js';
import { secure } from './secure-answers.js';
import { sendThrown } from './wire-errors.js';
import { isWireUrl } from './wire-url.js';

/** Answers a URL that no router can read, such as one with a broken percent sign, in the shape of its protocol. */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  // No hook has run for it.
  reply.header('x-request-id', request.id);
  secure(request, reply);
  // The framework's message repeats the URL.
  const plain = Object.assign(new Error('the URL is not valid'), { statusCode: 400, cause: error });
  if (isWireUrl(request.url)) {
    sendThrown(reply, plain);
    return;
  }
  const { status, body } = errorAnswer(plain, request.id);
  void reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}
