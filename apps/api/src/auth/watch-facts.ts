import type { Count, Metrics } from '#platform/metrics/metrics.js';
import type { FactSource } from './fact-source.js';

/** Who told the facts of a decision: the database, or what it confirmed before; or nobody did. */
const TOLD_BY = ['database', 'memory', 'nobody'] as const;
export type ToldBy = Record<(typeof TOLD_BY)[number], Count>;

/**
 * Declares what is told of the facts behind tokens, and returns what is to be counted.
 * @param look brings the source up to date, also when nobody asks for tokens
 */
export function watchFacts(metrics: Metrics, source: FactSource, look: () => Promise<void>): ToldBy {
  metrics.gauge({
    name: 'portus_token_unconfirmed_seconds',
    help: 'For how long the database has not confirmed the facts of tokens; 0: it does.',
    labels: [],
    read: async () => {
      await look();
      return [{ value: secondsFrom(source.unconfirmed?.since) }];
    },
  });
  metrics.gauge({
    name: 'portus_token_grace_left_seconds',
    help: 'For how long pulls are still served without the database; only while it is away.',
    labels: [],
    read: async () => {
      await look();
      const { unconfirmed } = source;
      return unconfirmed === null ? [] : [{ value: Math.max(0, -secondsFrom(unconfirmed.until)) }];
    },
  });
  const told = metrics.counter({
    name: 'portus_token_facts_total',
    help: 'Token decisions by who told their facts: the database, memory while it is away, or nobody (503).',
    labels: { by: TOLD_BY },
  });
  return Object.fromEntries(TOLD_BY.map((by) => [by, told.of({ by })])) as ToldBy;
}

const secondsFrom = (date: Date | undefined): number => (date === undefined ? 0 : (Date.now() - date.getTime()) / 1000);
