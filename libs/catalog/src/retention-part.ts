import {
  describedBy,
  RetentionJudge,
  type RetainedTag,
  type Rule,
  type Verdict,
} from '#domain/retention/plan-retention.js';
import type { RetainedRepository, RetainedTagsRepository } from '#persistence/retained-tags.repository.js';

/** Tags that are looked through at once for what has to be known of the whole repository. */
const SIZE = 5_000;

export interface Part {
  repository: RetainedRepository;
  /** Those that apply to it. */
  rules: readonly Rule[];
  /** The name behind which it begins. */
  after: string;
  /** Tags, at most. */
  size: number;
}

/**
 * Verdicts on some tags of a large repository, in byte order; the same that all of them at once would get. `last`: the
 * name behind which the next part begins; null: there is none.
 */
export async function judgePart(
  tags: RetainedTagsRepository,
  { repository, rules, after, size }: Part,
): Promise<{ verdicts: Verdict[]; last: string | null }> {
  const judge = new RetentionJudge(repository.fullName, rules, Date.now());
  let newest: RetainedTag[] = [];
  do {
    if (!judge.isCurious) break;
    newest = await tags.newest(repository.id, newest.at(-1) ?? null, SIZE);
    judge.hear(newest);
  } while (newest.length === SIZE);
  const part = await tags.behind(repository.id, after, size);
  const staying = await stayingOf(tags, repository.id, judge, describedBy(part));
  return { verdicts: judge.judge(part, staying), last: part.length === size ? part.at(-1)!.name : null };
}

/** Which of the digests stay, because a tag stays that has them or is an index of them. */
async function stayingOf(
  tags: RetainedTagsRepository,
  repositoryId: number,
  judge: RetentionJudge,
  digests: ReadonlySet<string>,
): Promise<Set<string>> {
  const staying = new Set<string>();
  let page: RetainedTag[] = [];
  do {
    const doubtful = [...digests].filter((digest) => !staying.has(digest));
    if (doubtful.length === 0) break;
    page = await tags.with(repositoryId, doubtful, page.at(-1)?.name ?? '', SIZE);
    for (const tag of page) if (judge.keeps(tag)) for (const one of [tag.digest, ...tag.children]) staying.add(one);
  } while (page.length === SIZE);
  return staying;
}
