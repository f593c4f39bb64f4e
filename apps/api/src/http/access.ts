import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#domain/policy/facts.js';
import type { SignedIn } from '#identity/web-sessions.js';

/** A signed-in user. */
export type Person = Extract<Actor, { kind: 'user' }>;

/** Who may call an operation at all; what they see is the services' and the policy's to decide. */
export type Access = 'public' | 'user' | 'admin';

export const ACCESS = 'portus:access';

/** No credentials needed. Without a mark an operation needs a signed-in user. */
export const Public = () => access('public');
/** Only for administrators. */
export const AdminOnly = () => access('admin');

/** The OpenAPI document says it too. */
const access = (who: Access) => applyDecorators(SetMetadata(ACCESS, who), ApiExtension('x-portus-access', who));

export const DECIDED = 'portus:decided';

/**
 * Everything that the operation shows or changes is asked of `decide` with the name of its namespace: also restricted
 * application tokens may call it. Without this mark they change nothing, and those that are kept to namespaces read
 * nothing either.
 */
export const Decided = () => SetMetadata(DECIDED, true);

/** `session`: who was told by the cookie of a browser. `unchanged`: see `Unchanged` of versioned.ts. */
export type AuthenticatedRequest = FastifyRequest & {
  person?: Person;
  session?: SignedIn;
  unchanged?: () => Promise<boolean>;
};

/** The signed-in user of the request. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): Person => {
  const { person } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!person) throw new Error('an operation without authentication asked for the user');
  return person;
});

/** The session of the request; null when it came with other credentials. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): SignedIn | null => {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().session ?? null;
});
