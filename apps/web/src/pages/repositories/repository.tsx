import { Anchor, Button } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { DescriptionEditor } from '../../parts/description-editor.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { PageTabs } from '../../parts/page-tabs.js';
import { RepositoryVerdict } from '../../parts/scan-verdict.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';
import { Comments } from './comments.js';
import { DeleteRepository } from './delete-repository.js';
import { ScanRepository } from './scan-repository.js';
import { TagGroups } from './tag-groups.js';

/** One repository: its tags, what it is for, what people say of it. */
export function Repository() {
  const { t, i18n } = useTranslation();
  const id = Number(useParams({ from: '/signed-in/repositories/$id' }).id);
  const { tab = 'tags' } = useSearch({ from: '/signed-in/repositories/$id' });
  const navigate = useNavigate({ from: '/repositories/$id' });
  const path = { id };
  const query = useOne(['repositories', id], (signal) =>
    api.GET('/api/v1/repositories/{id}', { params: { path }, signal }),
  );
  const describe = useChange(
    (description: string) =>
      api.PUT('/api/v1/repositories/{id}', { params: { path }, body: { repository: { description } } }),
    [['repositories', id]],
  );
  if (query.error) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const it = query.data;
  return (
    <Page
      title={it.full_name}
      acts={
        <>
          <Star id={id} starred={it.starred} stars={it.stars} />
          <ScanRepository id={id} />
          {it.destroyable && <DeleteRepository id={id} name={it.full_name} />}
        </>
      }
    >
      <Facts
        facts={[
          [
            t('repositories.namespace'),
            <Anchor key="namespace" component={Link} to={`/namespaces/${it.namespace.id}`}>
              {it.namespace.name}
            </Anchor>,
          ],
          [t('repositories.tags'), it.tags_count.toLocaleString(i18n.language)],
          [t('repositories.size'), <Size key="size" bytes={it.size} />],
          [t('repositories.pushed'), <Time key="pushed" at={it.last_pushed_at} />],
          [t('repositories.pulls'), it.pull_count.toLocaleString(i18n.language)],
          [t('repositories.pulled'), <Time key="pulled" at={it.pulled_at} />],
          [t('verdict.title'), <RepositoryVerdict key="scan" of={it.scan} />],
          [t('repositories.equal'), <Time key="equal" at={it.digests_equal_at} />],
        ]}
      />
      <PageTabs
        tab={tab}
        titleOf={(name) => t(`repositories.tabs.${name}`)}
        onTab={(next) => void navigate({ search: next === undefined ? {} : { tab: next } })}
        panels={{
          tags: <TagGroups id={id} place={`${it.registry_hostname}/${it.full_name}`} deletable={it.destroyable} />,
          about: (
            <>
              {describe.error && <ErrorBox error={describe.error} />}
              <DescriptionEditor
                text={it.description}
                changeable={it.updatable}
                saving={describe.isPending}
                onSave={(text) => describe.mutateAsync(text)}
              />
            </>
          ),
          comments: <Comments id={id} />,
        }}
      />
    </Page>
  );
}

function Star({ id, starred, stars }: { id: number; starred: boolean; stars: number }) {
  const { t } = useTranslation();
  const params = { path: { id } };
  const toggle = useChange(
    (): Promise<{ response: Response }> =>
      starred
        ? api.DELETE('/api/v1/repositories/{id}/star', { params })
        : api.PUT('/api/v1/repositories/{id}/star', { params }),
    [['repositories']],
  );
  const Icon = starred ? IconStarFilled : IconStar;
  return (
    <Button
      variant="default"
      leftSection={<Icon size={16} aria-hidden />}
      aria-pressed={starred}
      loading={toggle.isPending}
      onClick={() => toggle.mutate()}
    >
      {t('repositories.stars', { count: stars })}
    </Button>
  );
}
