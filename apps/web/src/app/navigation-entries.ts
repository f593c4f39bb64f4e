import {
  IconBox,
  IconBroadcast,
  IconFolders,
  IconHeartbeat,
  IconHistory,
  IconHome,
  IconQuestionMark,
  IconRecycle,
  IconRobot,
  IconServer,
  IconShieldSearch,
  IconTrash,
  IconUserCog,
  IconUsers,
} from '@tabler/icons-react';

/** A page of the menu, and whether only administrators see it. */
export type Entry = (typeof NAVIGATION)[keyof typeof NAVIGATION][number];

/** The pages of the menu, in groups. */
export const NAVIGATION = {
  catalog: [
    { to: '/', text: 'nav.dashboard', icon: IconHome, admin: false },
    { to: '/namespaces', text: 'nav.namespaces', icon: IconFolders, admin: false },
    { to: '/repositories', text: 'nav.repositories', icon: IconBox, admin: false },
    { to: '/deletions', text: 'nav.deletions', icon: IconTrash, admin: false },
    { to: '/scans', text: 'nav.scans', icon: IconShieldSearch, admin: false },
    { to: '/admin/retention', text: 'nav.retention', icon: IconRecycle, admin: true },
  ],
  people: [
    { to: '/teams', text: 'nav.teams', icon: IconUsers, admin: false },
    { to: '/why', text: 'nav.why', icon: IconQuestionMark, admin: false },
    { to: '/admin/activities', text: 'nav.activities', icon: IconHistory, admin: false },
    { to: '/admin/users', text: 'nav.users', icon: IconUserCog, admin: true },
    { to: '/admin/bots', text: 'nav.bots', icon: IconRobot, admin: true },
  ],
  truth: [
    { to: '/truth', text: 'nav.truth', icon: IconBroadcast, admin: true },
    { to: '/admin/registries', text: 'nav.registries', icon: IconServer, admin: true },
    { to: '/health', text: 'nav.health', icon: IconHeartbeat, admin: false },
  ],
} as const;
