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
