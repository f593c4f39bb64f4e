import { Anchor, Tabs } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { Platforms } from '../../parts/platforms.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';
import { TagHistory } from './tag-history.js';
import { TagManifest } from './tag-manifest.js';
import { TagPulls } from './tag-pulls.js';
import { type TagTab, TABS } from './tag-search.js';
import { PullCommands } from './pull-commands.js';
import { TagReferrers } from './tag-referrers.js';

/** One tag: what it names now, what it named before, how to get it, what describes it. */
export function Tag() {
  const { t, i18n } = useTranslation();
  const id = Number(useParams({ from: '/signed-in/tags/$id' }).id);
  const { tab = 'image' } = useSearch({ from: '/signed-in/tags/$id' });
  const navigate = useNavigate({ from: '/tags/$id' });
  const query = useOne(['tags', id], (signal) => api.GET('/api/v1/tags/{id}', { params: { path: { id } }, signal }));
  if (query.error) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const tag = query.data;
  return (
    <Page title={`${tag.repository.full_name}:${tag.name}`}>
      <Anchor component={Link} to={`/repositories/${tag.repository.id}`} w="fit-content">
        {t('tags.allOf', { name: tag.repository.full_name })}
      </Anchor>
      <Facts
        facts={[
          [t('tags.columns.image'), <Digest key="digest" digest={tag.digest} />],
          [t('tags.columns.platforms'), <Platforms key="platforms" of={tag} />],
          [t('tags.columns.size'), <Size key="size" bytes={tag.size} />],
          [t('tags.columns.author'), tag.author?.name ?? t('unknown')],
          [t('tags.columns.pushed'), <Time key="pushed" at={tag.updated_at} />],
          [t('tags.columns.pulled'), <Time key="pulled" at={tag.pulled_at} />],
          [t('repositories.pulls'), tag.pull_count.toLocaleString(i18n.language)],
          [t('tags.kind'), tag.artifact_type ?? tag.media_type],
        ]}
      />
      <PullCommands tag={tag} />
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: value === 'image' ? {} : { tab: value as TagTab } })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tags.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="image" pt="md">
          <TagManifest id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="md">
          <TagHistory id={id} digest={tag.digest} name={tag.name} />
        </Tabs.Panel>
        <Tabs.Panel value="pulls" pt="md">
          <TagPulls id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="referrers" pt="md">
          <TagReferrers id={id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
