import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.js';
import { SESSION_KEY } from '../api/session.js';

/** Answers are fresh for a moment; what the api refused is not asked again by itself. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (queryKey[0] !== SESSION_KEY[0]) forgetEndedSession(error);
    },
  }),
  mutationCache: new MutationCache({ onError: forgetEndedSession }),
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (count, error) => count < 2 && isPassing(error) },
    mutations: { retry: false },
  },
});

function isPassing(error: Error): boolean {
  return !(error instanceof ApiError) || error.status >= 502 || error.status === 429;
}

/** Whoever's session has ended is sent to the sign-in page, which leads back (see the router). */
function forgetEndedSession(error: Error): void {
  if (error instanceof ApiError && error.status === 401) queryClient.setQueryData(SESSION_KEY, null);
}
