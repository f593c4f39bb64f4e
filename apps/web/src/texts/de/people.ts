import type { Texts } from '../texts.js';
import type { people as english } from '../en/people.js';

/** Leute, Teams, Rechte und Tokens. */
export const people: Texts<typeof english> = {
  signIn: {
    title: 'Anmelden',
    username: 'Benutzername',
    password: 'Passwort',
    submit: 'Anmelden',
    wrong: 'Der Name oder das Passwort ist falsch.',
  },
};
