import { decide } from '#domain/policy/decide.js';
import { decideOperation, type Operation } from '#domain/policy/manage.js';
import type { NamespaceRow } from '#persistence/namespaces.repository.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { manageOptions, policyOptions } from '../http/policy-options.js';

/** A namespace, and what the one who looks may do with it. */
export type SeenNamespace = NamespaceRow & { may: NamespaceRights };

export interface NamespaceRights {
  update: boolean;
  delete: boolean;
  pull: boolean;
  push: boolean;
  visibility: boolean;
  webhooks: boolean;
}

/** As the policy decides, with the limits of an application token. */
export function seenNamespace(person: Person, row: NamespaceRow, settings: Settings): SeenNamespace {
  const team = { role: row.role, hidden: row.teamHidden };
  const can = (action: 'pull' | 'push' | 'delete') =>
    decide(person, action, row, policyOptions(settings), row.name).allow;
  const may = (operation: Operation) => decideOperation(person, operation, team, manageOptions(settings)).allow;
  const rights = {
    update: may('namespace.update'),
    delete: row.kind === 'team' && can('delete'),
    pull: can('pull'),
    push: can('push'),
    visibility: may('namespace.change-visibility'),
    webhooks: may('webhook.see'),
  };
  return { ...row, may: rights };
}
