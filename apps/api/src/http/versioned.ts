import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { GuardedTable } from '#persistence/row-guard.js';
import type { AuthenticatedRequest } from './access.js';

export const VERSIONED = 'portus:versioned';

/** The row that an operation shows or changes: its table, and the parameter of the path that holds its id. */
export interface Versioned {
  table: GuardedTable;
  /** `me`: the row is the caller. */
  param: string;
  /** The operation compares the version itself, with {@link Unchanged}, before it does what no transaction takes back. */
  early?: boolean;
}

/**
 * Names the row behind an operation on one resource. `GET` then answers an `ETag` that `PUT` and `DELETE` of the same
 * row take as `If-Match`, compared in the transaction of the change; and a change that was overtaken by another one
 * begins anew with what it left, so that none is lost.
 */
export function VersionOf(table: GuardedTable, param = 'id', { early = false } = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(VERSIONED, { table, param, early } satisfies Versioned),
    ApiExtension('x-portus-versioned', true) as MethodDecorator,
  );
}

/**
 * Throws 412 when the row has not the version of `If-Match` any more. To be called after everything that the caller may
 * not know was refused.
 *
 * @returns whether a version was named
 */
export type UnchangedCheck = () => Promise<boolean>;

/** Of an operation whose version is compared `early`. */
export const Unchanged = createParamDecorator((_: unknown, context: ExecutionContext): UnchangedCheck => {
  const { unchanged } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  return unchanged ?? (async () => false);
});
