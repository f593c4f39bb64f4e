import { buildCompressedImage } from './oci-layout.js';
import { pushImage } from './push-image.js';
import type { Stack } from './stack-handle.js';
import { until } from './until.js';
import { untilTag } from './world.js';

/** Should never become an element, nor run. No blank, and no quote that SQL or JSON would need to escape. */
const MARKUP = `<img/data-hostile/src=x/onerror=globalThis.hostile=1><script>globalThis.hostile=1</script>`;
const REPOSITORY = 'crew/app';

/** Ids of what there is to look at. */
export interface HostileWorld {
  markup: string;
  namespace: number;
  repository: number;
  tag: number;
  team: number;
  user: number;
  bot: number;
  run: number;
  deletion: number;
}

/** A house in which everything that somebody else may write is markup, or longer than a phone is wide. */
export async function hostileHouse(house: Stack): Promise<HostileWorld> {
  const [user, bot, team, namespace] = await people(house);
  await images(house);
  const [first] = await house.sql<{ id: number }>('SELECT id FROM repositories WHERE full_name = $1', [REPOSITORY]);
  const repository = first!.id;
  await house.put(`/repositories/${repository}`, { repository: { description: MARKUP } });
  await house.post(`/repositories/${repository}/comments`, { comment: { body: MARKUP } });
  // Refused, and so explained on a page.
  await house.token([`repository:${REPOSITORY}:pull,push`, `repository:${'long/'.repeat(20)}x:pull`], user);
  const run = await house.post<{ id: number }>('/registries/1/sync', { mode: 'deep', dry_run: true });
  const [tag, deletion] = await spoil(house, repository);
  await until('the run is over', async () => (await house.sql(`SELECT 1 FROM sync_runs WHERE state = 'done'`)).length);
  return { markup: MARKUP, namespace, repository, tag, team, user: user.id, bot, run: run.body.id, deletion };
}

type Person = Awaited<ReturnType<Stack['createUser']>>;

async function people(house: Stack): Promise<[user: Person, bot: number, team: number, namespace: number]> {
  const user = await house.createUser('hostile', 'a password of nobody');
  await house.put(`/users/${user.id}`, { user: { display_name: MARKUP } });
  const bot = await house.post<{ id: number }>('/users', {
    user: { username: 'robot', email: 'robot@example.test', bot: true },
  });
  const token = { application: MARKUP, actions: ['pull'], namespaces: ['crew'] };
  await house.post(`/users/${bot.body.id}/application_tokens`, token);
  const me = await house.get<{ id: number }>('/profile');
  await house.post(`/users/${me.body.id}/application_tokens`, {
    application: MARKUP,
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
  });
  const team = await house.post<{ id: number }>('/teams', { name: MARKUP.slice(0, 60), description: MARKUP });
  await house.post(`/teams/${team.body.id}/members`, { user: 'hostile', role: 'viewer' });
  const namespace = await house.post<{ id: number }>('/namespaces', {
    name: 'crew',
    team: MARKUP.slice(0, 60),
    description: MARKUP,
  });
  await house.put(`/namespaces/${namespace.body.id}`, { namespace: { visibility: 'public' } });
  return [user, bot.body.id, team.body.id, namespace.body.id];
}

async function images(house: Stack): Promise<void> {
  const labels = { [MARKUP]: MARKUP, long: 'x'.repeat(500) };
  const token = await house.token([`repository:${REPOSITORY}:pull,push`]);
  const target = { url: house.registry.url, repository: REPOSITORY, token };
  for (const [tag, seed] of [
    ['v1', 'one'],
    ['v1', 'two'],
    ['latest', 'two'],
    ['gone', 'three'],
  ] as const) {
    const image = buildCompressedImage({ seed, labels, annotations: { note: MARKUP } });
    await pushImage(target, tag, image);
    await untilTag(house, REPOSITORY, tag, image.manifest.digest);
  }
}

/** What the grammars of the registry and of the API keep out may still stand in the tables one day. */
async function spoil(house: Stack, repository: number): Promise<[tag: number, deletion: number]> {
  const [gone] = await house.sql<{ id: number }>(`SELECT id FROM tags WHERE repository_id = $1 AND name = 'gone'`, [
    repository,
  ]);
  const deletion = await house.post<{ id: number }>('/deletions', { tags: [gone!.id], move_shared: true });
  await until('the deletion is over', async () => {
    const { body } = await house.get<{ state: string }>(`/deletions/${deletion.body.id}`);
    return body.state === 'done' || body.state === 'incomplete';
  });
  const [tag] = await house.sql<{ id: number }>(
    `UPDATE tags SET name = $2, username = $2 WHERE repository_id = $1 AND name = 'v1' RETURNING id`,
    [repository, MARKUP],
  );
  await house.sql(`UPDATE tag_revisions SET actor = $1, tag = CASE tag WHEN 'v1' THEN $1 ELSE tag END`, [MARKUP]);
  await house.sql(`UPDATE registry_events SET actor = $1, tag = $1, reason = $1, state = 'dead'`, [MARKUP]);
  await house.sql(`UPDATE denials SET repository = repository || $1`, [MARKUP]);
  await house.sql(`UPDATE deletion_items SET reason = $1`, [MARKUP]);
  await house.sql(`UPDATE sessions SET user_agent = $1`, [MARKUP]);
  return [tag!.id, deletion.body.id];
}
