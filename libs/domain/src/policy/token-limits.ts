import { ACTIONS, type Action } from '../naming/scope.js';

/**
 * What is known of the application token that somebody showed instead of a password. It only ever narrows what its
 * user may do; null: not narrowed in this respect.
 */
export interface TokenLimits {
  /** Once it has passed the token is good for nothing. */
  expiry: 'never' | 'ahead' | 'passed';
  actions: readonly Action[] | null;
  /** Names of namespaces, in whichever registry; '' is the global one. */
  namespaces: readonly string[] | null;
}

/** The limits of a stored token; `now` is in milliseconds. */
export function limitsOf(
  token: { expiresAt: Date | null; actions: Action[] | null; namespaces: string[] | null },
  now: number,
): TokenLimits {
  const { expiresAt, actions, namespaces } = token;
  const left = expiresAt === null ? 'never' : expiresAt.getTime() > now ? 'ahead' : 'passed';
  return { expiry: left, actions, namespaces };
}

/** `read_only` is a short word for these actions. */
export const READ_ONLY: readonly Action[] = ['pull'];

/** Whether the token goes as far as the action. */
export function allowsAction(limits: TokenLimits, action: Action): boolean {
  return limits.actions === null || limits.actions.includes(action);
}

/** Whether the token goes as far as the namespace. A name that is not known (null) is in no list. */
export function allowsNamespace(limits: TokenLimits, name: string | null): boolean {
  return limits.namespaces === null || (name !== null && limits.namespaces.includes(name));
}

/** Whether a token may do less than its user. */
export function isRestricted(limits: TokenLimits): boolean {
  return limits.namespaces !== null || ACTIONS.some((action) => !allowsAction(limits, action));
}

/** `registry:catalog` names every repository: only for tokens that may read, and are not kept to some namespaces. */
export function allowsCatalog(limits: TokenLimits): boolean {
  return limits.expiry !== 'passed' && limits.namespaces === null && allowsAction(limits, 'pull');
}

/** An operation of the REST API, as far as a restricted token is concerned. */
export interface Operation {
  /** It may change something. */
  changes: boolean;
  /** All that it shows or changes is decided by `decide`, with the name of the namespace. */
  decided: boolean;
}

/**
 * Whether a token may call an operation at all. Least privilege: a restricted token changes nothing, and one that is
 * kept to namespaces also reads nothing that is not theirs, unless `decide` is asked about all of it.
 */
export function mayCall(limits: TokenLimits, operation: Operation): boolean {
  if (limits.expiry === 'passed') return false;
  if (!isRestricted(limits) || operation.decided) return true;
  return !operation.changes && limits.namespaces === null && allowsAction(limits, 'pull');
}

/** Whether a token may make others: not one that could so get rid of its own limits. */
export function mayMakeTokens(limits: TokenLimits): boolean {
  return limits.expiry === 'never' && !isRestricted(limits);
}
