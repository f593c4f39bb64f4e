import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.js';
import { answer, api, rememberCsrfToken } from './client.js';
import type { paths } from '../../../../libs/client/src/client.js';

export const SESSION_KEY = ['session'] as const;

type SignedIn = paths['/api/v1/session']['get']['responses']['200']['content']['application/json'];
export type Me = SignedIn['user'];

/** Who is signed in; null for a visitor. */
export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  staleTime: 60_000,
  queryFn: async (): Promise<Me | null> => {
    try {
      return remember(await answer(api.GET('/api/v1/session')));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

export function useMe(): Me | null {
  return useQuery(sessionQuery).data ?? null;
}

/** Begins and ends the session of this browser. What a former person saw is forgotten with it. */
export function useSigning() {
  const cache = useQueryClient();
  return {
    signIn: async (username: string, password: string): Promise<void> => {
      const me = remember(await answer(api.POST('/api/v1/session', { body: { username, password } })));
      // The session itself stays: a page that looks at it is told.
      cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
      cache.setQueryData(SESSION_KEY, me);
    },
    /** Loads the page anew, so that nothing of this person stays in memory. */
    signOut: async (): Promise<void> => {
      await api.DELETE('/api/v1/session').catch(ignoreEnded);
      window.location.assign('/users/sign_in');
    },
  };
}

function remember({ user, csrf_token }: SignedIn): Me {
  rememberCsrfToken(csrf_token);
  return user;
}

function ignoreEnded(error: unknown): void {
  if (error instanceof ApiError && (error.status === 401 || error.status === 404)) return;
  throw error;
}
