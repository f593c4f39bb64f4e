import { SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/session.js';
import { Page } from '../../parts/page.js';
import { Attention } from './attention.js';
import { FirstSteps } from './first-steps.js';
import { MyNamespaces } from './my-namespaces.js';
import { Recent } from './recent.js';

/** Where one begins: what needs attention, what happened, where one's images are. */
export function Dashboard() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t('nav.dashboard')}>
      {me !== null && <FirstSteps username={me.username} />}
      <Attention />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Recent />
        <MyNamespaces />
      </SimpleGrid>
    </Page>
  );
}
