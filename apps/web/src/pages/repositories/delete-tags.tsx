import { Alert, Button, Checkbox, List, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { DeletionProgress } from '../../parts/deletion-progress.js';

/** So many are previewed one by one; with more, the count has to do. */
const PREVIEWED = 20;

interface Props {
  repository: number;
  tags: readonly number[];
  onDone: () => void;
}

/** Deletes tags through the registry, after showing what else shares their images and how that is kept. */
export function DeleteTags({ repository, tags, onDone }: Props) {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  const [moveShared, setMoveShared] = useState(false);
  const [running, setRunning] = useState<number | null>(null);
  const remove = useChange(
    () => api.POST('/api/v1/deletions', { body: { tags: [...tags], move_shared: moveShared } }),
    [['repositories', repository]],
  );
  const start = () =>
    remove.mutate(undefined, {
      onSuccess: (deletion) => {
        setRunning(deletion.id);
        modal.close();
      },
    });
  const word = t('tags.deleteWord', { count: tags.length });
  return (
    <>
      <Button color="red" variant="light" onClick={modal.open}>
        {t('tags.deleteChosen', { count: tags.length })}
      </Button>
      {running !== null && <DeletionProgress id={running} outdates={[['repositories', repository]]} onDone={onDone} />}
      <ConfirmByName
        title={t('tags.deleteChosen', { count: tags.length })}
        name={word}
        act={t('delete')}
        opened={opened}
        change={remove}
        onClose={modal.close}
        onConfirm={start}
      >
        {opened && <Previews tags={tags} moveShared={moveShared} />}
        <Checkbox
          label={t('tags.moveShared')}
          description={t('tags.moveSharedHint')}
          checked={moveShared}
          onChange={(event) => setMoveShared(event.currentTarget.checked)}
        />
      </ConfirmByName>
    </>
  );
}

function Previews({ tags, moveShared }: { tags: readonly number[]; moveShared: boolean }) {
  const { t } = useTranslation();
  const previews = useQueries({
    queries: tags.slice(0, PREVIEWED).map((id) => ({
      queryKey: ['tags', id, 'deletion', moveShared],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        answer(
          api.GET('/api/v1/tags/{id}/deletion', {
            params: { path: { id }, query: { move_shared: moveShared ? 'true' : 'false' } },
            signal,
          }),
        ),
    })),
  });
  const known = previews.flatMap(({ data }) => (data ? [data] : []));
  const shared = [...new Set(known.flatMap((one) => one.shared_with))];
  const refused = known.filter(({ method }) => method === 'refused' || method === 'disabled');
  return (
    <Stack gap="xs">
      {shared.length > 0 && <Text>{t('tags.sharedWith', { names: shared.join(', ') })}</Text>}
      {refused.length > 0 && (
        <Alert color="orange" title={t('tags.someStay', { count: refused.length })}>
          <List size="sm">
            {[...new Set(refused.map(({ because }) => because))].map((because) => (
              <List.Item key={because}>{because}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}
