/** A page of a list. `skip` and `take` are bounded by the caller. */
export interface Page<S extends string> {
  skip: number;
  take: number;
  sort: S;
  order: 'ASC' | 'DESC';
}

export interface Listed<T> {
  items: T[];
  total: number;
}

/** What the lists may be sorted by. */
export const NAMESPACE_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const REPOSITORY_SORTS = ['id', 'name', 'full_name', 'created_at', 'updated_at'] as const;
export const TAG_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const USER_SORTS = ['id', 'username', 'email', 'created_at', 'updated_at'] as const;
export const TEAM_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const WEBHOOK_SORTS = ['id', 'name', 'created_at', 'updated_at'] as const;
export const WEBHOOK_DELIVERY_SORTS = ['id'] as const;
