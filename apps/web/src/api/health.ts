import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Answered } from '../../../../libs/client/src/client.js';
import { apiError } from './api-error.js';

export type Components = Record<string, Answered<'HealthComponent'>>;

/** How every part is. It is answered also when something is down (503), which is no error here. */
export function useHealth(everyMs: number): UseQueryResult<Components> {
  return useQuery({ queryKey: ['health'], queryFn: ({ signal }) => ask(signal), refetchInterval: everyMs });
}

async function ask(signal: AbortSignal): Promise<Components> {
  const response = await fetch('/api/v1/health', { signal });
  const body: unknown = await response.json().catch(() => null);
  if (response.headers.has('x-portus-status')) return body as Components;
  throw apiError(response, body);
}

/** The worst of them, in a word. */
export function worst(components: Components): 'up' | 'degraded' | 'down' {
  const states = new Set(Object.values(components).map(({ status }) => status));
  return states.has('down') ? 'down' : states.has('degraded') ? 'degraded' : 'up';
}
