import { Anchor, Badge, Checkbox, Group, Stack, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';
import { PushCommands } from '../../parts/client-commands.js';
import { DeleteTags } from './delete-tags.js';

type Tag = Answered<'Tag'>;

/** The tags of a repository, those of the same image together; some can be chosen and deleted. */
export function TagGroups({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const query = useOne(['repositories', id, 'tags', 'grouped'], (signal) =>
    api.GET('/api/v1/repositories/{id}/tags/grouped', { params: { path: { id } }, signal }),
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  if (query.data.length === 0) {
    return (
      <Empty text={t('tags.empty')}>
        <PushCommands repository={name} />
      </Empty>
    );
  }
  const choose = (tags: Tag[], on: boolean) => {
    const next = new Set(chosen);
    for (const { id } of tags) {
      if (on) next.add(id);
      else next.delete(id);
    }
    setChosen(next);
  };
  return (
    <Stack>
      <Group h={36}>
        {chosen.size > 0 && <DeleteTags repository={id} tags={[...chosen]} onDone={() => setChosen(new Set())} />}
      </Group>
      <Table.ScrollContainer minWidth={720}>
        <Table aria-label={t('tags.title')} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={40}>
                <Text span className="only-read">
                  {t('tags.choose')}
                </Text>
              </Table.Th>
              {(['names', 'image', 'platforms', 'size', 'author', 'pushed', 'pulled'] as const).map((column) => (
                <Table.Th key={column}>{t(`tags.columns.${column}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data.map((tags) => (
              <GroupRow
                key={tags[0]?.id}
                tags={tags}
                chosen={tags.every((tag) => chosen.has(tag.id))}
                onChoose={(on) => choose(tags, on)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function GroupRow({ tags, chosen, onChoose }: { tags: Tag[]; chosen: boolean; onChoose: (on: boolean) => void }) {
  const { t } = useTranslation();
  const [first] = tags;
  if (!first) return null;
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox
          aria-label={t('tags.chooseThese', { names: tags.map((tag) => tag.name).join(', ') })}
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          {tags.map((tag) => (
            <Anchor key={tag.id} component={Link} to={`/tags/${tag.id}`}>
              {tag.name}
            </Anchor>
          ))}
        </Group>
      </Table.Td>
      <Table.Td>
        <Digest digest={first.digest} />
      </Table.Td>
      <Table.Td>
        <Platforms of={first} />
      </Table.Td>
      <Table.Td>
        <Size bytes={first.size} />
      </Table.Td>
      <Table.Td>{first.author?.name ?? t('unknown')}</Table.Td>
      <Table.Td>
        <Time at={first.updated_at} />
      </Table.Td>
      <Table.Td>
        <Time at={first.pulled_at} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What it runs on; `unknown/unknown` stands for attestations, which run on nothing. */
export function Platforms({ of }: { of: Pick<Tag, 'platforms'> }) {
  const names = of.platforms
    .filter(({ os }) => os !== null && os !== 'unknown')
    .map(({ os, architecture, variant }) => [os, architecture, variant].filter(Boolean).join('/'));
  return (
    <Group gap={4}>
      {[...new Set(names)].map((name) => (
        <Badge key={name} variant="light" color="gray" tt="none">
          {name}
        </Badge>
      ))}
    </Group>
  );
}
