import { NavLink } from '@mantine/core';
import { IconBox, IconHome } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const PAGES = [
  { to: '/', text: 'nav.dashboard', icon: IconHome, admin: false },
  { to: '/repositories', text: 'nav.repositories', icon: IconBox, admin: false },
] as const;

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
