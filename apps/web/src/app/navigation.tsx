import { NavLink } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { NAVIGATION } from './navigation-entries.js';

const PAGES = [...NAVIGATION.catalog, ...NAVIGATION.people, ...NAVIGATION.truth];

/** The pages that this person may see, by name. */
export function Navigation({ admin, onChosen }: { admin: boolean; onChosen: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <nav aria-label={t('shell.pages')}>
      {PAGES.filter((page) => admin || !page.admin).map(({ to, text, icon: Icon }) => {
        const active = to === '/' ? pathname === '/' : pathname.startsWith(to);
        return (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={t(text)}
            leftSection={<Icon size={18} aria-hidden />}
            active={active}
            aria-current={active ? 'page' : undefined}
            onClick={onChosen}
          />
        );
      })}
    </nav>
  );
}
