import { useEffect, useState } from 'react';
import type { Answered } from '../../../../libs/client/src/client.js';

type Event = Answered<'Event'>;

const STREAM = '/api/v1/events/stream';
/** Of what has arrived while somebody looks, so many are kept. */
const KEPT = 200;
const AGAIN_MS = 5_000;

/** Events as they arrive, the newest first, each in its newest state; the browser resumes after a break. */
export function useLiveEvents(): { connected: boolean; events: readonly Event[] } {
  const [connected, setConnected] = useState(false);
  const [events, setEvents] = useState<readonly Event[]>([]);
  useEffect(() => {
    let source: EventSource;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(STREAM);
      source.addEventListener('open', () => setConnected(true));
      source.addEventListener('message', ({ data }: MessageEvent<string>) =>
        setEvents((known) => merged(known, JSON.parse(data) as Event).slice(0, KEPT)),
      );
      source.addEventListener('error', () => {
        setConnected(false);
        // A browser does not come back by itself to who has refused it.
        if (source.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
      });
    };
    open();
    return () => {
      clearTimeout(again);
      source.close();
    };
  }, []);
  return { connected, events };
}

/** The event in the place of what was known of it, or as the newest. */
export function merged(known: readonly Event[], event: Event): Event[] {
  if (known.some(({ id }) => id === event.id)) return known.map((one) => (one.id === event.id ? event : one));
  return [event, ...known];
}
