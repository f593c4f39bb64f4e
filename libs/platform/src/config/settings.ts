import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { contradictions } from './contradictions.js';
import { OPTIONS, type Option } from './options.js';

type Options = typeof OPTIONS;

const OPTIONAL = [
  'redisUrl',
  'redisSentinelPassword',
  'redisCaPath',
  'certPath',
  'pullTokenLifetime',
  'pushTokenLifetime',
  'newNamespaceTeam',
  'secretKeyBasePrevious',
  'trivyCommand',
  'trivyServer',
  'trivyServerToken',
  'trivyCacheDir',
  'trivyDbRepository',
  'clairServer',
  'clairMatcher',
  'clairKey',
  'dummyServer',
  'initRegistryHostname',
  'initRegistryExternalHostname',
  'initRegistryWebhookSecret',
  'initAdminPassword',
  'firstUserAdminSecret',
  'mailReplyTo',
  'smtpDomain',
  'smtpCaFile',
  'smtpUser',
  'smtpPassword',
  'publicUrl',
] as const satisfies readonly (keyof Options)[];
type Optional = (typeof OPTIONAL)[number];
type Value<K extends keyof Options> = z.output<Options[K]['schema']> | (K extends Optional ? null : never);

/** The configuration: read once, checked, frozen. */
export type Settings = { readonly [K in keyof Options]: Value<K> };

/** The environment can not be used; lists everything that is wrong at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: string[]) {
    super(`configuration errors:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

export interface LoadedSettings {
  settings: Settings;
  /** For people: unknown names, with the nearest known one. */
  warnings: string[];
}

/**
 * Reads all settings from an environment. Names are Portus's: a trailing `_VALUE` is optional, `NAME_FILE` reads the
 * value from a file. Throws {@link ConfigurationError} with every problem; unknown `PORTUS_` names only warn.
 */
export function loadSettings(env: Record<string, string | undefined>): LoadedSettings {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, option] of Object.entries<Option>(OPTIONS)) {
    const raw = rawValue(option, env, problems) ?? option.fallback;
    if (raw === null) {
      values[key] = null;
      if (!isOptional(key)) problems.push(`${option.name} is not set: ${option.text}`);
      continue;
    }
    const parsed = option.schema.safeParse(raw);
    if (parsed.success) values[key] = parsed.data;
    else problems.push(`${option.name}: ${parsed.error.issues.map((issue) => issue.message).join(', ')}`);
  }
  if (problems.length === 0) problems.push(...contradictions(values as Settings));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { settings: Object.freeze(values) as Settings, warnings: unknownNames(env) };
}

/**
 * Reads one option as {@link loadSettings} does, also from `NAME_FILE`, for programs that need no other; null when it is
 * not set. Throws {@link ConfigurationError}.
 */
export function readOption(option: Option, env: Record<string, string | undefined>): string | null {
  const problems: string[] = [];
  const raw = rawValue(option, env, problems) ?? option.fallback;
  if (raw !== null && !option.schema.safeParse(raw).success) problems.push(`${option.name} can not be used`);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return raw;
}

const isOptional = (key: string): boolean => (OPTIONAL as readonly string[]).includes(key);

/** What the environment says of an option, as text; null: nothing. */
export function rawValue(option: Option, env: Record<string, string | undefined>, problems: string[]): string | null {
  const given = [option.name, `${option.name}_VALUE`].filter((name) => (env[name] ?? '') !== '');
  const file = env[`${option.name}_FILE`] ?? '';
  if (given.length > 0 && file !== '') {
    problems.push(`${option.name} and ${option.name}_FILE are both set`);
    return null;
  }
  if (file === '') return given.length > 0 ? (env[given[0]!] ?? null) : null;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    problems.push(`${option.name}_FILE can not be read: ${(error as NodeJS.ErrnoException).code ?? 'error'}`);
    return null;
  }
}

/** Read by the image's entry point and by the start script, not by the programs themselves. */
const NAMES_OF_SCRIPTS = ['PORTUS_BACKGROUND', 'PORTUS_DATA_DIR', 'PORTUS_REGISTRY_PORT', 'PORTUS_REGISTRY_BIN'];

/** For people: names that look like settings and are none, with the nearest known one. */
export function unknownNames(env: Record<string, string | undefined>): string[] {
  const known = [...Object.values<Option>(OPTIONS).map((option) => option.name), ...NAMES_OF_SCRIPTS];
  const accepted = new Set(known.flatMap((name) => [name, `${name}_VALUE`, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => name.startsWith('PORTUS_') && !name.startsWith('PORTUS_TEST_') && !accepted.has(name))
    .map((name) => `unknown setting ${name}; did you mean ${nearest(name, known)}?`);
}

function nearest(name: string, known: readonly string[]): string {
  return known.reduce((best, other) => (distance(name, other) < distance(name, best) ? other : best));
}

/** Levenshtein distance, over one row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[b.length]!;
}
