import type { PolicyOptions } from '#domain/policy/facts.js';
import type { ManageOptions } from '#domain/policy/manage.js';
import type { Settings } from '#platform/config/settings.js';

/** The settings that decide about rights, as the policy wants them. */
export function policyOptions(settings: Settings): PolicyOptions {
  return {
    pushPolicy: settings.pushPolicy,
    deleteEnabled: settings.deleteEnabled,
    contributorsDelete: settings.contributorsDelete,
    anonymousAccess: settings.anonymousAccess,
  };
}

/** As {@link policyOptions}, for what people do to teams and namespaces. */
export function manageOptions(settings: Settings): ManageOptions {
  const { createTeam, manageTeam, createNamespace, manageNamespace, changeVisibility, deleteEnabled } = settings;
  const { createWebhook, manageWebhook } = settings;
  return {
    createTeam,
    manageTeam,
    createNamespace,
    manageNamespace,
    changeVisibility,
    createWebhook,
    manageWebhook,
    deleteEnabled,
  };
}
