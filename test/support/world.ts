import type { Stack } from './stack-handle.js';
import { until } from './until.js';

/** A tag as the API shows it. */
export interface TagView {
  id: number;
  name: string;
  author: { id: number | null; name: string } | null;
  digest: string;
  image_id: string;
  size: number;
  media_type: string;
  artifact_type: string | null;
  platforms: { os: string; architecture: string; variant: string | null; digest: string }[];
  pulled_at: string | null;
  scan: { state: string; reason: string | null };
}

export interface RepositoryView {
  id: number;
  full_name: string;
  tags_count: number;
}

export interface Member {
  userId: number;
  role: 'viewer' | 'contributor' | 'owner';
}

/** A team with a namespace of the same name, straight into the tables: the API has no teams yet. */
export async function createTeamNamespace(
  stack: Stack,
  name: string,
  members: Member[],
  visibility: 'private' | 'protected' | 'public' = 'private',
): Promise<number> {
  const [team] = await stack.sql<{ id: number }>('INSERT INTO teams (name) VALUES ($1) RETURNING id', [name]);
  for (const { userId, role } of members) {
    const values = [team!.id, userId, role];
    await stack.sql('INSERT INTO team_users (team_id, user_id, role) VALUES ($1, $2, $3)', values);
  }
  const [namespace] = await stack.sql<{ id: number }>(
    `INSERT INTO namespaces (registry_id, name, team_id, kind, visibility)
     SELECT id, $1, $2, 'team', $3 FROM registries ORDER BY id LIMIT 1 RETURNING id`,
    [name, team!.id, visibility],
  );
  return namespace!.id;
}

/** A repository as the administrator sees it in the list; null while it is not there. */
export async function findRepository(stack: Stack, fullName: string): Promise<RepositoryView | null> {
  const { body } = await stack.get<RepositoryView[]>('/repositories?all=true');
  return body.find((repository) => repository.full_name === fullName) ?? null;
}

/** The tags of a repository by name; none while the repository is not there. */
export async function tagsOf(stack: Stack, fullName: string): Promise<Record<string, TagView>> {
  const repository = await findRepository(stack, fullName);
  if (repository === null) return {};
  const { body } = await stack.get<TagView[]>(`/repositories/${repository.id}/tags`);
  return Object.fromEntries(body.map((tag) => [tag.name, tag]));
}

/**
 * Waits until the API shows a tag, with the given digest if one is given. A sync may find a tag before its notification
 * is handled, which alone knows the author: wait for that by `author`.
 */
export async function untilTag(
  stack: Stack,
  fullName: string,
  tag: string,
  digest?: string,
  author?: string,
): Promise<TagView> {
  const wanted = [digest === undefined ? '' : ` as ${digest}`, author === undefined ? '' : ` by ${author}`].join('');
  const look = async (): Promise<TagView | null> => {
    const found = (await tagsOf(stack, fullName))[tag];
    if (found === undefined || (digest !== undefined && found.digest !== digest)) return null;
    return author === undefined || found.author?.name === author ? found : null;
  };
  return until(`the API shows ${fullName}:${tag}${wanted}`, look, { timeoutMs: 30_000, everyMs: 50 });
}

/** Waits until the API also shows what only the image's configuration tells: it is read a moment later. */
export async function untilComplete(stack: Stack, fullName: string, tag: string): Promise<TagView> {
  const look = async (): Promise<TagView | null> => {
    const found = (await tagsOf(stack, fullName))[tag];
    return found?.platforms.some(({ os }) => os) ? found : null;
  };
  return until(`the API shows the platform of ${fullName}:${tag}`, look, { timeoutMs: 30_000, everyMs: 50 });
}

/** Waits until the API shows exactly these tags of a repository. */
export async function untilTags(stack: Stack, fullName: string, names: string[]): Promise<void> {
  const wanted = names.toSorted().join();
  const look = async (): Promise<boolean> =>
    Object.keys(await tagsOf(stack, fullName))
      .toSorted()
      .join() === wanted;
  await until(`${fullName} has exactly the tags [${wanted}]`, look, { timeoutMs: 30_000, everyMs: 50 });
}
