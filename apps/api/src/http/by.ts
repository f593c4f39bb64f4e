import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { By } from '#persistence/activities.repository.js';
import type { AuthenticatedRequest } from './access.js';

/** Who calls and from where, as the audit log keeps it. Of an operation without credentials: nobody, from there. */
export const CalledBy = createParamDecorator((_: unknown, context: ExecutionContext): By => {
  const { person, ip, id } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  return { actorId: person?.userId ?? null, actorName: person?.username ?? null, address: ip, requestId: id };
});
