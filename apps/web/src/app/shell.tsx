import { AppShell, Burger, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../api/session.js';
import { Navigation } from './navigation.js';
import { PersonMenu } from './person-menu.js';
import { SearchBox } from './search-box.js';
import logo from './portus.svg';

/** The frame of every page of a person who is signed in. */
export function Shell() {
  const { t } = useTranslation();
  const [opened, menu] = useDisclosure();
  const me = useMe();
  useReturnWhenSessionEnds(me === null);
  if (me === null) return null;
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a className="skip-link" href="#main">
        {t('shell.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={opened} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t('shell.menu')} />
            <Link to="/" className="brand">
              <img src={logo} alt="" width={28} height={28} />
              <Text fw={700} span>
                Portus
              </Text>
            </Link>
          </Group>
          <SearchBox />
          <PersonMenu me={me} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Navigation admin={me.admin} onChosen={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

/** A session that ended meanwhile: sign in again, and come back to where one was. */
function useReturnWhenSessionEnds(ended: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (!ended) return;
    const back = router.state.location.href;
    void router.navigate({ to: '/users/sign_in', search: back === '/' ? {} : { back } });
  }, [ended, router]);
}
