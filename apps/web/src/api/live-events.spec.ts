import { describe, expect, it } from 'vitest';
import { merged } from './live-events.js';

type Event = Parameters<typeof merged>[1];
const event = (id: number, state: Event['state'] = 'received') => ({ id, state }) as Event;

describe(merged, () => {
  it('puts what is new before the others', () => {
    expect(merged([event(1)], event(2))).toEqual([event(2), event(1)]);
  });
  it('keeps the place of what it knows, in its newest state', () => {
    expect(merged([event(2), event(1)], event(1, 'done'))).toEqual([event(2), event(1, 'done')]);
  });
});
