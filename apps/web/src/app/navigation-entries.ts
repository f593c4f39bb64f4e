import {
  IconBox,
  IconFolders,
  IconHistory,
  IconHome,
  IconQuestionMark,
  IconUserCog,
  IconUsers,
} from '@tabler/icons-react';

/** The pages of the menu, in groups. */
export const NAVIGATION = {
  catalog: [
    { to: '/', text: 'nav.dashboard', icon: IconHome, admin: false },
    { to: '/namespaces', text: 'nav.namespaces', icon: IconFolders, admin: false },
    { to: '/repositories', text: 'nav.repositories', icon: IconBox, admin: false },
  ],
  people: [
    { to: '/teams', text: 'nav.teams', icon: IconUsers, admin: false },
    { to: '/why', text: 'nav.why', icon: IconQuestionMark, admin: false },
    { to: '/admin/activities', text: 'nav.activities', icon: IconHistory, admin: false },
    { to: '/admin/users', text: 'nav.users', icon: IconUserCog, admin: true },
  ],
  truth: [],
} as const;
