import type { TokenLimits } from './token-limits.js';

/** Visibility of a namespace: private = its team; protected = everybody who is signed in; public = everybody. */
export const VISIBILITIES = ['private', 'protected', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** Role of a member in a team, weakest first. */
export const ROLES = ['viewer', 'contributor', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** Who may push (`user_permission.push_images.policy`). */
export const PUSH_POLICIES = ['allow-teams', 'allow-personal', 'admin-only'] as const;
export type PushPolicy = (typeof PUSH_POLICIES)[number];

/** Who asks. */
export type Actor =
  | { kind: 'anonymous' }
  | {
      kind: 'user';
      userId: number;
      username: string;
      admin: boolean;
      disabled: boolean;
      locked: boolean;
      bot: boolean;
      /** The application token that was shown; absent or null: a password, or something that stands for it. */
      token?: TokenLimits | null;
    }
  /** The `portus` service account: reads and writes everything, for Portus itself. */
  | { kind: 'service' };

/** What is known of the namespace that a repository lies in; null facts mean: there is no such namespace. */
export interface NamespaceFacts {
  id: number;
  kind: 'global' | 'personal' | 'team';
  visibility: Visibility;
  /** Owner of a personal namespace. */
  ownerId: number | null;
  /** The actor's role in the namespace's team; null: no member. */
  role: Role | null;
}

/** The settings of the site that decide about rights. */
export interface PolicyOptions {
  pushPolicy: PushPolicy;
  deleteEnabled: boolean;
  contributorsDelete: boolean;
  anonymousAccess: boolean;
}

export const DEFAULT_POLICY: PolicyOptions = {
  pushPolicy: 'allow-teams',
  deleteEnabled: true,
  contributorsDelete: false,
  anonymousAccess: true,
};

/** Whether the namespace is a secret to the one whose role the facts tell: a private one of others. */
export function isSecret(namespace: NamespaceFacts | null): boolean {
  return namespace !== null && namespace.visibility === 'private' && namespace.role === null;
}
