import { OPTIONS, type Option } from './options.js';
import { ConfigurationError, loadSettings, rawValue, unknownNames } from './settings.js';

/** Where a value comes from. */
export type Origin = 'default' | 'environment' | 'file' | 'not set';

/** One setting as it is in effect. */
export interface EffectiveSetting {
  name: string;
  group: string;
  /** As text; null: there is none, or it is a secret. */
  value: string | null;
  secret: boolean;
  from: Origin;
}

export interface SettingsReport {
  problems: string[];
  warnings: string[];
  settings: EffectiveSetting[];
}

/** Everything that an environment says to Portus, and everything that is wrong with it. Secrets are not in it. */
export function reportSettings(env: Record<string, string | undefined>): SettingsReport {
  return {
    problems: problemsOf(env),
    warnings: unknownNames(env),
    settings: Object.values<Option>(OPTIONS).map((option) => effective(option, env)),
  };
}

function problemsOf(env: Record<string, string | undefined>): string[] {
  try {
    loadSettings(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

function effective(option: Option, env: Record<string, string | undefined>): EffectiveSetting {
  const { name, group, fallback } = option;
  const secret = option.secret === true;
  // What can not be read stands among the problems.
  const raw = rawValue(option, env, []);
  const value = raw ?? fallback;
  const source: Origin = (env[`${name}_FILE`] ?? '') !== '' ? 'file' : 'environment';
  const from = raw !== null ? source : fallback === null ? 'not set' : 'default';
  return { name, group, value: secret ? null : value, secret, from };
}
