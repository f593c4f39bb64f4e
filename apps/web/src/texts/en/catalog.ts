/** Images and where they are. */
export const catalog = {
  dashboard: {
    title: 'Dashboard',
  },
  repositories: {
    title: 'Repositories',
    name: 'Name',
    tags: 'Tags',
    size: 'Size',
    pushed: 'Last pushed',
    pulls: 'Pulls',
    empty: 'No repository that you can see yet.',
  },
} as const;
