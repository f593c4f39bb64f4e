import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { errorResponse } from '../openapi/errors.js';

type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 409 | 412 | 422 | 429 | 503;

export const ANSWER_VIEW = 'portus:answer-view';

/**
 * Documents what an operation answers. Errors that its parameters, its body and the guard may answer are added to all
 * operations (openapi/complete.ts); `also` names what only this one knows.
 */
export function Answers(view: z.ZodType, options: { status?: number; also?: ErrorStatus[] } = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(ANSWER_VIEW, view),
    ApiResponse({ status: options.status ?? 200, description: 'Done.', standardSchema: view as never }),
    ...(options.also ?? []).map(errorOf),
  );
}

/** Documents what is answered, beside something else, where workers go on with it: 202. */
export function Accepts(view: z.ZodType): MethodDecorator {
  return ApiResponse({ status: 202, description: 'Workers go on with it.', standardSchema: view as never });
}

/** As {@link Answers}, for an operation that answers nothing. */
export function AnswersNothing(also: ErrorStatus[] = []): MethodDecorator {
  return applyDecorators(ApiResponse({ status: 204, description: 'Done.' }), ...also.map(errorOf));
}

const errorOf = (status: ErrorStatus) => ApiResponse({ status, ...(errorResponse(status) as object) } as never);
