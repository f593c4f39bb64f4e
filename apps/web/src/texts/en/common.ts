/** Frame, errors, lists: what every page has. */
export const common = {
  never: 'never',
  unknown: 'unknown',
  shell: {
    skip: 'Skip to the contents',
    menu: 'Menu',
    pages: 'Pages',
    look: 'Look',
    language: 'Language',
    schemes: { auto: 'System', light: 'Light', dark: 'Dark' },
    signOut: 'Sign out',
  },
  nav: {
    dashboard: 'Dashboard',
    repositories: 'Repositories',
  },
  errors: {
    title: 'Something went wrong',
    noPage: 'There is no such page',
    toStart: 'Go to the start',
    retry: 'Try again',
    unreachable: 'Portus does not answer',
    requestId: 'Request id (for whoever reads the log):',
    hints: {
      unreachable: 'Check the network, and whether Portus is running; then try again.',
      forbidden: 'You may see this, but not do it. An administrator or an owner of the team can help.',
      missing: 'It may have been deleted, or you may not see it.',
      stale: 'Somebody else has changed it in the meantime. Reload, look at the change, and try again.',
      slowDown: 'Too many attempts. Wait a little, then try again.',
      broken: 'This is not your fault. Try again; if it stays, tell an administrator the request id.',
    },
  },
  lists: {
    total_one: '{{count, number}} entry',
    total_other: '{{count, number}} entries',
    first: 'First page',
    previous: 'Previous page',
    next: 'Next page',
    last: 'Last page',
  },
} as const;
