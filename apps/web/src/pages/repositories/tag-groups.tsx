import { Anchor, Checkbox, Group } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api, type Listed } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { PushCommands } from '../../parts/client-commands.js';
import { Digest } from '../../parts/copy.js';
import { type Column, DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { apiQuery } from '../../parts/list-search.js';
import { Platforms } from '../../parts/platforms.js';
import { ScanVerdict } from '../../parts/scan-verdict.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';
import { DeleteTags } from './delete-tags.js';

type Tag = Answered<'Tag'>;

/** Of one page. Tags of the same image that do not fit on it come together again on the next. */
const PER_PAGE = 50;
/** A push appears without a reload. */
const LOOK_MS = 10_000;
const NEWEST_FIRST = { sort: 'updated_at', order: 'desc' } as const;

interface Props {
  id: number;
  /** Host and path, as clients name it. */
  place: string;
  deletable: boolean;
}

/** The tags of a repository, those of the same image together; some can be chosen and deleted. */
export function TagGroups({ id, place, deletable }: Props) {
  const { t } = useTranslation();
  const search = { ...NEWEST_FIRST, ...useSearch({ from: '/signed-in/repositories/$id' }) };
  const navigate = useNavigate({ from: '/repositories/$id' });
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const query = useList(
    ['repositories', id, 'tags', search],
    (signal) =>
      api.GET('/api/v1/repositories/{id}/tags', {
        params: { path: { id }, query: { per_page: PER_PAGE, ...apiQuery(search) } },
        signal,
      }),
    { every: LOOK_MS },
  );
  const columns = useColumns();
  const choosing: Column<Tag[]> = {
    title: t('tags.choose'),
    quiet: true,
    cell: (tags) => <Choose tags={tags} chosen={chosen} onChosen={setChosen} />,
  };
  return (
    <DataList
      filtered
      label={t('tags.title')}
      query={grouped(query)}
      keyOf={([first]) => first?.id ?? 0}
      search={search}
      onSearch={(next) => void navigate({ search: next })}
      acts={chosen.size > 0 && <DeleteTags repository={id} tags={[...chosen]} onDone={() => setChosen(new Set())} />}
      empty={
        <Empty text={t('tags.empty')}>
          <PushCommands place={place} />
        </Empty>
      }
      columns={deletable ? [choosing, ...columns] : columns}
    />
  );
}

function useColumns(): Column<Tag[]>[] {
  const { t } = useTranslation();
  const of =
    (cell: (first: Tag) => ReactNode) =>
    ([first]: Tag[]) =>
      first && cell(first);
  return [
    { title: t('tags.columns.names'), sort: 'name', cell: (tags) => <Names of={tags} /> },
    { title: t('tags.columns.image'), cell: of(({ digest }) => <Digest digest={digest} />) },
    { title: t('tags.columns.platforms'), cell: of((first) => <Platforms of={first} />) },
    { title: t('tags.columns.size'), cell: of(({ size }) => <Size bytes={size} />) },
    { title: t('tags.columns.vulnerabilities'), cell: of(({ scan }) => <ScanVerdict of={scan} />) },
    { title: t('tags.columns.author'), cell: of(({ author }) => author?.name ?? t('unknown')) },
    { title: t('tags.columns.pushed'), sort: 'updated_at', cell: of(({ updated_at }) => <Time at={updated_at} />) },
    { title: t('tags.columns.pulled'), cell: of(({ pulled_at }) => <Time at={pulled_at} />) },
  ];
}

function Names({ of: tags }: { of: readonly Tag[] }) {
  return (
    <Group gap="xs">
      {tags.map((tag) => (
        <Anchor key={tag.id} component={Link} to={`/tags/${tag.id}`}>
          {tag.name}
        </Anchor>
      ))}
    </Group>
  );
}

interface ChooseProps {
  tags: readonly Tag[];
  chosen: ReadonlySet<number>;
  onChosen: (chosen: ReadonlySet<number>) => void;
}

function Choose({ tags, chosen, onChosen }: ChooseProps) {
  const { t } = useTranslation();
  const ids = new Set(tags.map(({ id }) => id));
  const toggle = (on: boolean) => {
    const others = [...chosen].filter((id) => !ids.has(id));
    onChosen(new Set(on ? [...others, ...ids] : others));
  };
  return (
    <Checkbox
      aria-label={t('tags.chooseThese', { names: tags.map((tag) => tag.name).join(', ') })}
      checked={tags.every((tag) => chosen.has(tag.id))}
      onChange={(event) => toggle(event.currentTarget.checked)}
    />
  );
}

/** The same page with the tags of an image together, where the first of them stood. */
function grouped(query: UseQueryResult<Listed<Tag>>): UseQueryResult<Listed<Tag[]>> {
  const { data } = query;
  const groups = data && [...byDigest(data.items).values()];
  return { ...query, data: data && { ...data, items: groups } } as UseQueryResult<Listed<Tag[]>>;
}

function byDigest(tags: readonly Tag[]): Map<string, Tag[]> {
  const groups = new Map<string, Tag[]>();
  for (const tag of tags) groups.set(tag.digest, [...(groups.get(tag.digest) ?? []), tag]);
  return groups;
}
