import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { GuardedTable } from '#persistence/row-guard.js';

export const VERSIONED = 'portus:versioned';

/** The row that an operation shows or changes: its table, and the parameter of the path that holds its id. */
export interface Versioned {
  table: GuardedTable;
  /** `me`: the row is the caller. */
  param: string;
}

/**
 * Names the row behind an operation on one resource. `GET` then answers an `ETag` that `PUT` and `DELETE` of the same
 * row take as `If-Match`, compared in the transaction of the change; and a change that was overtaken by another one
 * begins anew with what it left, so that none is lost.
 */
export function VersionOf(table: GuardedTable, param = 'id'): MethodDecorator {
  return applyDecorators(
    SetMetadata(VERSIONED, { table, param } satisfies Versioned),
    ApiExtension('x-portus-versioned', true) as MethodDecorator,
  );
}
