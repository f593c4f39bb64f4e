import type { Texts } from '../texts.js';
import type { common as english } from '../en/common.js';

/** Rahmen, Fehler, Listen: was jede Seite hat. */
export const common: Texts<typeof english> = {
  never: 'nie',
  unknown: 'unbekannt',
  create: 'Anlegen',
  saved: 'Gespeichert',
  copy: 'Kopieren',
  copied: 'Kopiert',
  cancel: 'Abbrechen',
  save: 'Speichern',
  close: 'Schließen',
  delete: 'Löschen',
  typeToConfirm: 'Um fortzufahren, gib ein: {{name}}',
  shell: {
    skip: 'Zum Inhalt springen',
    menu: 'Menü',
    pages: 'Seiten',
    look: 'Aussehen',
    language: 'Sprache',
    schemes: { auto: 'System', light: 'Hell', dark: 'Dunkel' },
    signOut: 'Abmelden',
  },
  nav: {
    dashboard: 'Übersicht',
    namespaces: 'Namensräume',
    repositories: 'Repositories',
    teams: 'Teams',
    why: 'Warum?',
    activities: 'Aktivitäten',
    users: 'Benutzer',
    truth: 'Wahrheit',
    registries: 'Registries',
    health: 'Zustand',
  },
  errors: {
    title: 'Etwas ist schiefgegangen',
    noPage: 'Diese Seite gibt es nicht',
    toStart: 'Zum Anfang',
    retry: 'Noch einmal versuchen',
    unreachable: 'Portus antwortet nicht',
    requestId: 'Kennung der Anfrage (für den, der das Protokoll liest):',
    hints: {
      unreachable: 'Prüfe das Netz und ob Portus läuft; versuche es dann noch einmal.',
      forbidden: 'Du darfst das sehen, aber nicht tun. Ein Administrator oder ein Besitzer des Teams kann helfen.',
      missing: 'Vielleicht wurde es gelöscht, oder du darfst es nicht sehen.',
      stale:
        'Inzwischen hat es jemand anders geändert. Lade neu, sieh dir die Änderung an und versuche es noch einmal.',
      slowDown: 'Zu viele Versuche. Warte ein wenig und versuche es dann noch einmal.',
      broken: 'Das liegt nicht an dir. Versuche es noch einmal; bleibt es so, nenne einem Administrator die Kennung.',
    },
  },
  lists: {
    total_one: '{{count, number}} Eintrag',
    total_other: '{{count, number}} Einträge',
    first: 'Erste Seite',
    previous: 'Vorige Seite',
    next: 'Nächste Seite',
    last: 'Letzte Seite',
  },
};
