export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Stable codes; the HTTP side maps them to a status, people and scripts match on them. */
export const ERROR_CODES = [
  'bad_request',
  'unauthenticated',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'not_acceptable',
  'conflict',
  'precondition_failed',
  'too_large',
  'unsupported_media_type',
  'invalid',
  'too_many_requests',
  'unavailable',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface AppErrorOptions {
  cause?: unknown;
  /** Structured facts; for `invalid` a map of field → messages, as Portus's API answers it. */
  details?: Record<string, unknown>;
  /** Whether the same call may succeed later. */
  retryable?: boolean;
  level?: (typeof LEVELS)[number];
  /** Seconds after which the same may be tried again. */
  retryAfter?: number;
}

/** An expected failure. Its message is meant for the caller; everything else that is thrown is a bug and hidden. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly details: Record<string, unknown> | null;
  readonly retryable: boolean;
  readonly level: (typeof LEVELS)[number];
  readonly retryAfter: number | null;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.details = options.details ?? null;
    this.retryable = options.retryable ?? false;
    this.level = options.level ?? 'info';
    this.retryAfter = options.retryAfter ?? null;
  }
}

/** 422: fields → messages, as in `{"message": {"hostname": ["…"]}}`. */
export class InvalidError extends AppError {
  override readonly name = 'InvalidError';

  constructor(readonly fields: Record<string, string[]>) {
    super('invalid', 'Validation failed', { details: { fields } });
  }
}
