import type { PolicyOptions } from '#domain/policy/facts.js';
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
