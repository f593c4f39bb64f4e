import { api } from './client.js';
import { useList } from './queries.js';

/** The registry of the first namespace that this person sees, as clients name it; null while it is not known. */
export function useRegistryHost(): string | null {
  const { data } = useList(['namespaces', 'first'], (signal) =>
    api.GET('/api/v1/namespaces', { params: { query: { per_page: 1 } }, signal }),
  );
  return data?.items[0]?.registry_hostname ?? null;
}
