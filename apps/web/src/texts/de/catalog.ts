import type { Texts } from '../texts.js';
import type { catalog as english } from '../en/catalog.js';

/** Images und wo sie liegen. */
export const catalog: Texts<typeof english> = {
  dashboard: {
    title: 'Übersicht',
  },
  repositories: {
    title: 'Repositories',
    name: 'Name',
    tags: 'Tags',
    size: 'Größe',
    pushed: 'Zuletzt gepusht',
    pulls: 'Pulls',
    empty: 'Noch kein Repository, das du sehen kannst.',
  },
};
