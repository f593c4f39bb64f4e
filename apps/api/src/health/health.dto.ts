import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

/** `success` and `msg` as in Portus. */
export const componentView = z
  .object({
    success: z.boolean(),
    msg: z.string(),
    status: z.enum(['up', 'degraded', 'down']),
    since: z.string().optional(),
    until: z.string().optional(),
  })
  .meta({ id: 'HealthComponent' });

const healthView = z.record(z.string(), componentView);
const headers = { 'X-Portus-Status': { description: 'up, degraded or down', schema: { type: 'string' as const } } };

/** Documents that the answer is the same whatever its status. */
export function HealthAnswers(): MethodDecorator {
  const answer = (status: number, description: string) =>
    ApiResponse({ status, description, headers, standardSchema: healthView as never });
  return applyDecorators(answer(200, 'Up or degraded.'), answer(503, 'Something is down.'));
}
