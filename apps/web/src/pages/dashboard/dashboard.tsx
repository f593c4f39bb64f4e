import { SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRegistryHost } from '../../api/registry-host.js';
import { useMe } from '../../api/session.js';
import { Loading } from '../../parts/loading.js';
import { Page } from '../../parts/page.js';
import { Attention } from './attention.js';
import { FirstSteps, useSeesNothing } from './first-steps.js';
import { MyNamespaces } from './my-namespaces.js';
import { Recent } from './recent.js';

/** Where one begins: what needs attention, what happened, where one's images are. */
export function Dashboard() {
  const { t } = useTranslation();
  const [me, nothing, host] = [useMe(), useSeesNothing(), useRegistryHost()];
  if (me === null || nothing === null) {
    return (
      <Page title={t('nav.dashboard')}>
        <Loading />
      </Page>
    );
  }
  return (
    <Page title={t('nav.dashboard')}>
      {nothing && host !== null && <FirstSteps username={me.username} host={host} />}
      <Attention me={me} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Recent />
        <MyNamespaces />
      </SimpleGrid>
    </Page>
  );
}
