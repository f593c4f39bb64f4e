import { IconBox, IconFolders, IconHome } from '@tabler/icons-react';

/** The pages of the menu, in groups. */
export const NAVIGATION = {
  catalog: [
    { to: '/', text: 'nav.dashboard', icon: IconHome, admin: false },
    { to: '/namespaces', text: 'nav.namespaces', icon: IconFolders, admin: false },
    { to: '/repositories', text: 'nav.repositories', icon: IconBox, admin: false },
  ],
  people: [],
  truth: [],
} as const;
