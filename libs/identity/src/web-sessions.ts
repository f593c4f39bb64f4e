import type { Actor } from '#domain/policy/facts.js';
import type { SessionsRepository } from '#persistence/sessions.repository.js';
import { actorOf } from './identity.js';
import { hashSessionToken, sessionTokenOf } from './session-token.js';

export interface SignedIn {
  person: Extract<Actor, { kind: 'user' }>;
  sessionId: number;
  /** What the cookie holds. */
  token: string;
}

/** Tells who is signed in with a browser. */
export class WebSessions {
  constructor(private readonly sessions: SessionsRepository) {}

  /**
   * The user behind the cookie, as the database has it now; null when there is no session, or when it has ended. Disabled
   * and locked users come back as such.
   *
   * @param secure whether the browser speaks TLS
   */
  async signedIn(cookies: string | undefined, secure: boolean): Promise<SignedIn | null> {
    const token = sessionTokenOf(cookies, secure);
    if (token === null) return null;
    const found = await this.sessions.find(hashSessionToken(token));
    if (found === null || found.user.bot || found.user.service) return null;
    // Exact to a minute, and nobody's request fails for it.
    void this.sessions.noteUse(found.session.id).catch(() => undefined);
    return { person: actorOf(found.user), sessionId: found.session.id, token };
  }
}
