import { isRepositoryName } from './repository-name.js';

/** The closed list of actions that a token may ever carry; `*` only for `registry:catalog`. */
export const ACTIONS = ['pull', 'push', 'delete'] as const;
export type Action = (typeof ACTIONS)[number];

/** One resource scope, asked for. Actions are as sent, without repetitions. */
export interface Scope {
  /** Without a class: `repository(plugin)` is read as `repository`. */
  type: string;
  name: string;
  actions: string[];
}

/** Limits of one token request: a hostile scope list must stay cheap. */
export const MAX_SCOPES = 100;
/** What nobody knows is kept for the log only, and must not crowd out what somebody does. */
const MAX_UNKNOWN_ACTIONS = 16;
const KNOWN: readonly string[] = [...ACTIONS, '*'];
const MAX_SCOPE_LENGTH = 1024;

/**
 * Parses `scope` values of a token request (distribution token spec, "Requesting a Token"; token scope grammar).
 *
 * Every value may hold several scopes, separated by white space. A scope is `type[(class)]:name:actions`, split at its
 * first and at its last colon, because a name may hold a port. What does not fit the grammar is left out: it is granted
 * nothing and does not spoil the rest. Scopes of the same type and name are merged; at most {@link MAX_SCOPES} are read.
 */
export function parseScopes(values: readonly string[]): Scope[] {
  const merged = new Map<string, Scope>();
  for (const text of splitScopes(values)) {
    const scope = parseScope(text);
    if (scope === null) continue;
    const key = `${scope.type}:${scope.name}`;
    const known = merged.get(key);
    if (known) known.actions = bounded([...known.actions, ...scope.actions]);
    else merged.set(key, scope);
    if (merged.size >= MAX_SCOPES) break;
  }
  return [...merged.values()];
}

function* splitScopes(values: readonly string[]): Generator<string> {
  for (const value of values) yield* value.split(/\s+/).filter((text) => text !== '');
}

/** Parses one scope; null when it does not fit the grammar. */
export function parseScope(text: string): Scope | null {
  if (text.length > MAX_SCOPE_LENGTH) return null;
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  if (first <= 0 || last === first) return null;
  const type = /^([a-z0-9]+)(?:\([a-z0-9]*\))?$/.exec(text.slice(0, first))?.[1];
  const name = text.slice(first + 1, last);
  if (type === undefined || name === '') return null;
  const listed = text.slice(last + 1).split(',');
  return { type, name, actions: bounded(listed.filter((action) => /^(?:[a-z]+|\*)$/.test(action))) };
}

/** Without repetitions; all known actions, wherever they stand, and some of the others. */
function bounded(actions: readonly string[]): string[] {
  let unknown = 0;
  return [...new Set(actions)].filter((action) => KNOWN.includes(action) || ++unknown <= MAX_UNKNOWN_ACTIONS);
}

/** Writes a scope back; `parseScope(formatScope(s))` equals `s`. */
export function formatScope(scope: Scope): string {
  return `${scope.type}:${scope.name}:${scope.actions.join(',')}`;
}

/** True when the scope names a repository by a legal OCI name. A name with a port or upper case is granted nothing. */
export function isRepositoryScope(scope: Scope): boolean {
  return scope.type === 'repository' && isRepositoryName(scope.name);
}
