import { keepPreviousData, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { answer, type Call, type Listed, listed } from './client.js';

type Key = readonly unknown[];

interface Often {
  /** Milliseconds; for what changes while somebody looks. A page that is not looked at does not ask. */
  every?: number;
}

interface OneOften<T> {
  /** As of lists; or how often that is, by what is known. */
  every?: number | ((known: T | undefined) => number | false);
  when?: boolean;
}

/** One page of a list; the page before stays to be seen while the next one loads. */
export function useList<T>(
  key: Key,
  ask: (signal: AbortSignal) => Promise<Call<T[]>>,
  { every }: Often = {},
): UseQueryResult<Listed<T>> {
  return useQuery({
    refetchInterval: every ?? false,
    queryKey: key,
    queryFn: ({ signal }) => listed(ask(signal)),
    placeholderData: keepPreviousData,
  });
}

/** One resource; it is asked for as soon as that makes sense (`when`, default at once). */
export function useOne<T>(
  key: Key,
  ask: (signal: AbortSignal) => Promise<Call<T>>,
  { every, when = true }: OneOften<T> = {},
): UseQueryResult<T> {
  return useQuery<T>({
    refetchInterval: typeof every === 'function' ? ({ state }) => every(state.data) : (every ?? false),
    enabled: when,
    queryKey: key,
    queryFn: ({ signal }) => answer(ask(signal)),
  });
}

/** A change; what it makes stale (`outdates`: beginnings of keys) is asked for anew before the change counts as done. */
export function useChange<V, T>(ask: (input: V) => Promise<Call<T>>, outdates: readonly Key[]) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (input: V) => answer(ask(input)),
    onSuccess: () => Promise.all(outdates.map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}
