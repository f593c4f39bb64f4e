import { z } from 'zod';
import { MAX_PATTERN } from '#domain/retention/glob.js';
import { RULE_ACTIONS } from '#domain/retention/retention-rule.entity.js';
import type { RuleInput, RuleRow } from '#persistence/retention-rules.repository.js';
import type { PlanPage, PlanPlace } from '#catalog/retention.js';
import type { AlarmRow } from '#persistence/tag-alarms.repository.js';

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not hold NUL');
const days = z.number().int().min(0).max(36_500).nullable().default(null);

export const ruleInput = z
  .object({
    name: text(255),
    action: z.enum(RULE_ACTIONS),
    enabled: z.boolean().default(true),
    repository_pattern: text(MAX_PATTERN).default('*'),
    tag_pattern: text(MAX_PATTERN).default('*'),
    older_than: days,
    not_pulled_for: days,
    keep_latest: z.number().int().min(1).max(100_000).nullable().default(null),
  })
  .refine(
    ({ action, older_than, not_pulled_for, keep_latest }) =>
      action === 'protect' || older_than !== null || not_pulled_for !== null || keep_latest !== null,
    'a rule that drops needs older_than, not_pulled_for or keep_latest',
  )
  .refine(
    ({ action, older_than, not_pulled_for, keep_latest }) =>
      action === 'drop' || (older_than === null && not_pulled_for === null && keep_latest === null),
    'a rule that protects has no conditions but the patterns',
  )
  .meta({ id: 'RetentionRuleInput' });
export type RuleBody = z.output<typeof ruleInput>;

export function ruleOf(body: RuleBody): RuleInput {
  const { name, action, enabled } = body;
  return {
    name,
    action,
    enabled,
    repositoryPattern: body.repository_pattern,
    tagPattern: body.tag_pattern,
    olderThan: body.older_than,
    notPulledFor: body.not_pulled_for,
    keepLatest: body.keep_latest,
  };
}

export const ruleView = z
  .object({
    id: z.number(),
    namespace_id: z.number().nullable(),
    name: z.string(),
    action: z.enum(RULE_ACTIONS),
    enabled: z.boolean(),
    repository_pattern: z.string(),
    tag_pattern: z.string(),
    older_than: z.number().nullable(),
    not_pulled_for: z.number().nullable(),
    keep_latest: z.number().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'RetentionRule' });

/** Times are days; patterns are globs of whole names. */
export function viewRule(row: RuleRow): z.output<typeof ruleView> {
  return {
    id: row.id,
    namespace_id: row.namespaceId,
    name: row.name,
    action: row.action,
    enabled: row.enabled,
    repository_pattern: row.repositoryPattern,
    tag_pattern: row.tagPattern,
    older_than: row.olderThan,
    not_pulled_for: row.notPulledFor,
    keep_latest: row.keepLatest,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export const planQuery = z.object({
  /** The repository after which to go on: `next` of the page before. */
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
  /** The tag of that repository after which to go on: `next_tag` of the page before, when that is not null. */
  after_tag: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^\0]*$/)
    .optional(),
  per_page: z.coerce.number().int().min(1).max(100).default(20),
  verdict: z
    .enum(['keep', 'drop'])
    .optional()
    .describe('only tags with this one, and repositories that have such tags'),
});
export type PlanQuery = z.output<typeof planQuery>;

export function placeOf({ after, after_tag: tag }: PlanQuery): PlanPlace {
  return { repository: after, tag: tag ?? null };
}

export const planView = z
  .object({
    repositories: z.array(
      z.object({
        id: z.number(),
        full_name: z.string(),
        tags: z.array(
          z.object({
            name: z.string(),
            digest: z.string(),
            verdict: z.enum(['keep', 'drop']),
            rule: z.object({ id: z.number().nullable(), name: z.string() }).nullable(),
            because: z.string(),
          }),
        ),
      }),
    ),
    next: z.number().nullable(),
    next_tag: z.string().nullable(),
  })
  .meta({ id: 'RetentionPlan' });

/**
 * `next`, `next_tag`: where the following page begins; null after the last one. A page may hold fewer repositories than
 * were asked for, and of a large one only some tags.
 */
export function viewPlan({ plans, next }: PlanPage, wanted?: PlanQuery['verdict']): z.output<typeof planView> {
  const repositories = plans.map(({ repository, verdicts }) => ({
    id: repository.id,
    full_name: repository.fullName,
    tags: verdicts
      .filter(({ verdict }) => wanted === undefined || verdict === wanted)
      .map(({ tag, ...rest }) => ({ name: tag, ...rest })),
  }));
  return {
    repositories: wanted === undefined ? repositories : repositories.filter(({ tags }) => tags.length > 0),
    next: next?.repository ?? null,
    next_tag: next?.tag ?? null,
  };
}

export const alarmView = z
  .object({
    id: z.number(),
    repository: z.object({ id: z.number(), full_name: z.string() }),
    tag: z.string(),
    rule: z.string(),
    kept_digest: z.string(),
    found_digest: z.string().nullable(),
    actor: z.string().nullable(),
    seen_at: z.string(),
    settled_at: z.string().nullable(),
  })
  .meta({ id: 'TagAlarm' });

/** A null `found_digest`: the tag was removed. `settled_at`: when it had `kept_digest` again. */
export function viewAlarm(row: AlarmRow): z.output<typeof alarmView> {
  return {
    id: row.id,
    repository: { id: row.repositoryId, full_name: row.fullName },
    tag: row.tag,
    rule: row.rule,
    kept_digest: row.keptDigest,
    found_digest: row.foundDigest,
    actor: row.actor,
    seen_at: row.seenAt.toISOString(),
    settled_at: row.settledAt?.toISOString() ?? null,
  };
}
