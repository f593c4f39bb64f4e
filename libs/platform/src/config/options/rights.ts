import { z } from 'zod';
import { PUSH_POLICIES } from '#domain/policy/facts.js';
import { bool, option } from './option.js';

/** Who may do what. */
export const RIGHTS = {
  pushPolicy: option(
    'PORTUS_USER_PERMISSION_PUSH_IMAGES_POLICY',
    'Rights',
    z.enum(PUSH_POLICIES),
    'allow-teams',
    'Who may push: owners and contributors of the team; only into the own personal namespace; only administrators.',
  ),
  createTeam: option(
    'PORTUS_USER_PERMISSION_CREATE_TEAM_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may create teams.',
  ),
  manageTeam: option(
    'PORTUS_USER_PERMISSION_MANAGE_TEAM_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may change teams that they own.',
  ),
  createNamespace: option(
    'PORTUS_USER_PERMISSION_CREATE_NAMESPACE_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may create namespaces for teams in which they may push.',
  ),
  manageNamespace: option(
    'PORTUS_USER_PERMISSION_MANAGE_NAMESPACE_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may change namespaces of teams that they own.',
  ),
  changeVisibility: option(
    'PORTUS_USER_PERMISSION_CHANGE_VISIBILITY_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may change the visibility of namespaces of teams that they own.',
  ),
  createWebhook: option(
    'PORTUS_USER_PERMISSION_CREATE_WEBHOOK_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may create and remove webhooks of namespaces of teams that they own.',
  ),
  manageWebhook: option(
    'PORTUS_USER_PERMISSION_MANAGE_WEBHOOK_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether users who are no administrators may change webhooks of namespaces of teams that they own.',
  ),
  deleteEnabled: option('PORTUS_DELETE_ENABLED', 'Rights', bool, 'true', 'Whether anybody may delete.'),
  contributorsDelete: option(
    'PORTUS_DELETE_CONTRIBUTORS',
    'Rights',
    bool,
    'false',
    'Whether contributors may delete, besides owners and administrators.',
  ),
  deleteMoveShared: option(
    'PORTUS_DELETE_MOVE_SHARED',
    'Rights',
    bool,
    'false',
    'Whether a tag whose digest others share is moved to a throw-away manifest and deleted with it, where the registry deletes by digest only (2.8). Otherwise such a deletion is refused.',
  ),
  anonymousBrowsing: option(
    'PORTUS_ANONYMOUS_BROWSING_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether visitors who are not signed in may search public repositories (GET /api/v1/explore).',
  ),
  anonymousAccess: option(
    'PORTUS_ANONYMOUS_ACCESS_ENABLED',
    'Rights',
    bool,
    'true',
    'Whether public namespaces may be pulled without signing in.',
  ),
} as const;
