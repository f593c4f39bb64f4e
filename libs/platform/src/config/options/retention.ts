import { z } from 'zod';
import { bool, integer, option } from './option.js';

function isExpression(value: string): boolean {
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}

/** The rule of retention that every repository has. */
export const RETENTION = {
  retentionEnabled: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_ENABLED',
    'Retention',
    bool,
    'false',
    'Whether the rule of these settings applies, to all repositories, beside the rules that the API keeps.',
  ),
  retentionOlderThan: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_OLDER_THAN',
    'Retention',
    integer(1, 36_500),
    '30',
    'Days without a push and without a pull after which that rule drops a tag.',
  ),
  retentionKeepLatest: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_KEEP_LATEST',
    'Retention',
    integer(0, 100_000),
    '5',
    'Newest matching tags of each repository that that rule keeps.',
  ),
  retentionTag: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_TAG',
    'Retention',
    z.string().trim().max(256).refine(isExpression, 'is not a regular expression'),
    '',
    'Regular expression, found anywhere in the name, of the tags that that rule is about; empty: all.',
  ),
  retentionInterval: option(
    'PORTUS_DELETE_GARBAGE_COLLECTOR_INTERVAL',
    'Retention',
    integer(1, 2_592_000),
    '3600',
    'Seconds between two runs of retention, and those that a new or changed rule waits before it drops anything by itself.',
  ),
} as const;
