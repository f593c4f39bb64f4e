import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

const message = z.union([z.string(), z.record(z.string(), z.array(z.string()))]);

/** The body of every error: `message` as Portus has it, and the members of RFC 9457. */
const problem = z
  .object({
    message,
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });

const ERRORS = {
  400: 'The request does not fit.',
  401: 'No or wrong credentials.',
  403: 'Not allowed.',
  404: 'Not there, or not yours to know of.',
  405: 'Switched off here.',
  409: 'Not in the present state.',
  422: 'Understood, and refused: fields and their messages.',
  429: 'Too often; `Retry-After` tells when to try again.',
  503: 'Something that is needed for it can not be reached now.',
};
type ErrorStatus = keyof typeof ERRORS;

/** Documents what an operation answers; 400, 401 and 403 always may be. */
export function Answers(view: z.ZodType, options: { status?: number; also?: ErrorStatus[] } = {}): MethodDecorator {
  const statuses = [400, 401, 403, ...(options.also ?? [])] as ErrorStatus[];
  return applyDecorators(
    ApiResponse({ status: options.status ?? 200, description: 'Done.', standardSchema: view as never }),
    ...statuses.map((status) => ApiResponse({ status, description: ERRORS[status], standardSchema: problem as never })),
  );
}

/** As {@link Answers}, for an operation that answers nothing. */
export function AnswersNothing(also: ErrorStatus[] = []): MethodDecorator {
  const statuses = [400, 401, 403, ...also] as ErrorStatus[];
  return applyDecorators(
    ApiResponse({ status: 204, description: 'Done.' }),
    ...statuses.map((status) => ApiResponse({ status, description: ERRORS[status], standardSchema: problem as never })),
  );
}
