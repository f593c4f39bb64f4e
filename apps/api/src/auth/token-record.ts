import { Inject, Injectable } from '@nestjs/common';
import { ACTIONS } from '#domain/naming/scope.js';
import type { Actor } from '#domain/policy/facts.js';
import { type GrantResult, type Refusal, REFUSAL_REASONS } from '#domain/policy/grant.js';
import { LOGGER } from '#platform/config/settings.module.js';
import type { Logger } from '#platform/logging/logger.js';
import { type Count, Metrics, type Observed, type Series } from '#platform/metrics/metrics.js';
import { DenialBuffer } from '../denials/denial-buffer.js';
import type { TokenRequestFacts } from './token-request.js';

const ISSUED = ['issued', 'issued-partial', 'issued-empty'] as const;
const FAILED = { 400: 'bad-request', 401: 'unauthorized', 429: 'throttled', 503: 'unavailable' } as const;
const OUTCOMES = [...ISSUED, ...Object.values(FAILED), 'error'] as const;
type Outcome = (typeof OUTCOMES)[number];

const REFUSED_ACTIONS = [...ACTIONS, '*', 'other'] as const;
type RefusedAction = (typeof REFUSED_ACTIONS)[number];

/** Upper bounds, seconds: a warm request takes a millisecond or two, one with a password hash tens of them. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Writes down what becomes of token requests: in metrics, in the list of denials, and in the log. */
@Injectable()
export class TokenRecord {
  private readonly outcomes: Record<Outcome, Count>;
  private readonly refusals: Series<{ action: typeof REFUSED_ACTIONS; reason: typeof REFUSAL_REASONS }, Count>;
  private readonly seconds: Record<'issued' | 'failed', Observed>;

  constructor(
    metrics: Metrics,
    private readonly denials: DenialBuffer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const requests = metrics.counter({
      name: 'portus_token_requests_total',
      help: 'Requests for registry tokens, by what became of them.',
      labels: { outcome: OUTCOMES },
    });
    const of = (outcome: Outcome) => [outcome, requests.of({ outcome })] as const;
    this.outcomes = Object.fromEntries(OUTCOMES.map(of)) as Record<Outcome, Count>;
    this.refusals = metrics.counter({
      name: 'portus_token_refusals_total',
      help: 'Actions that were asked for and not granted, by the rule that refused them.',
      labels: { action: REFUSED_ACTIONS, reason: REFUSAL_REASONS },
    });
    const seconds = metrics.histogram(
      {
        name: 'portus_token_seconds',
        help: 'Time from a request for a token to its answer.',
        labels: { result: ['issued', 'failed'] },
      },
      BUCKETS,
    );
    this.seconds = { issued: seconds.of({ result: 'issued' }), failed: seconds.of({ result: 'failed' }) };
  }

  /** What the policy decided about a request that gets its token, be it empty. */
  decided(request: TokenRequestFacts, registryId: number, actor: Actor, { granted, refused }: GrantResult): void {
    const outcome = refused.length === 0 ? 'issued' : granted.length > 0 ? 'issued-partial' : 'issued-empty';
    this.outcomes[outcome].inc();
    for (const refusal of refused) {
      this.refusals.of({ action: actionOf(refusal), reason: refusal.reason }).inc();
      this.logRefusal(request, actor, refusal);
    }
    if (refused.length > 0) this.denials.note({ actor, registryId, address: request.address }, refused);
    if (this.logger.isLevelEnabled('debug')) this.logger.debug(linesOf(request, actor, granted), 'token');
  }

  /** A registry that asks with a name which Portus does not know can not be used at all. */
  unknownService({ service, requestId }: TokenRequestFacts): void {
    this.logger.warn({ requestId, service }, 'a token was asked for an unknown service');
  }

  /** After the answer. Of those with a token the outcome was counted when it was decided. */
  answered(status: number, seconds: number): void {
    this.seconds[status === 200 ? 'issued' : 'failed'].observe(seconds);
    if (status !== 200) this.outcomes[outcomeOf(status)].inc();
  }

  /** Somebody's refused push or delete is worth a line; what nobody in particular asks for would only fill the log. */
  private logRefusal({ requestId }: TokenRequestFacts, actor: Actor, { scope, action, reason }: Refusal): void {
    const level = actor.kind === 'anonymous' || action === 'pull' ? 'debug' : 'info';
    if (!this.logger.isLevelEnabled(level)) return;
    const name = scope.name.slice(0, 255);
    this.logger[level]({ requestId, user: subjectOf(actor), name, action, reason }, 'refused');
  }
}

/** Login name of who asks; '' for anonymous. */
export function subjectOf(actor: Actor): string {
  if (actor.kind === 'anonymous') return '';
  return actor.kind === 'service' ? 'portus' : actor.username;
}

function actionOf({ action }: Refusal): RefusedAction {
  return (REFUSED_ACTIONS as readonly string[]).includes(action) ? (action as RefusedAction) : 'other';
}

function outcomeOf(status: number): Outcome {
  if (status >= 500 && status !== 503) return 'error';
  return FAILED[status as keyof typeof FAILED] ?? 'bad-request';
}

function linesOf(
  { requestId, service, address, clientId }: TokenRequestFacts,
  actor: Actor,
  granted: GrantResult['granted'],
) {
  const scopes = granted.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`);
  return { requestId, user: subjectOf(actor), service, address, clientId, granted: scopes };
}
