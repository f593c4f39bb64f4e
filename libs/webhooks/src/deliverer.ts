import { CIRCUIT_FAILURES, circuitPause, nextAttempt } from '#domain/webhook/next-attempt.js';
import type { DueDelivery, LeasedWebhook, WebhookQueueRepository } from '#persistence/webhook-queue.repository.js';
import type { Sealer } from '#platform/secrets/sealer.js';
import type { AddressGuard } from './address-guard.js';
import type { DeliveryRecord } from './delivery-record.js';
import { guardedAgent, type Resolve } from './guarded-agent.js';
import { hookRequest, shownHeaders } from './hook-request.js';
import { type HookAnswer, type HookRequest, send } from './send.js';

export interface DeliverySettings {
  /** For one attempt, milliseconds. */
  timeoutMs: number;
  /** After which a delivery is dead. */
  attempts: number;
  /** Before the second attempt, seconds. */
  backoff: number;
  /** Name of this Portus. */
  source: string;
  /** First rest of a target that fails, seconds. Default 30. */
  circuitSeconds?: number;
  /** Default: what the machine resolves names with. */
  resolve?: Resolve;
}

/** Whoever dies in an attempt is believed to be at it for so much longer than it may take, seconds. */
const GRACE_S = 10;
/** Characters of a request's body that the log keeps. */
const REQUEST_CHARACTERS = 64 * 1024;
const CIRCUIT_S = 30;

/** Makes one attempt after the other. At least once: whoever dies between sending and writing it down sends it again. */
export class Deliverer {
  constructor(
    private readonly queue: Omit<WebhookQueueRepository, 'claim' | 'release' | 'hasDue' | 'database'>,
    private readonly sealer: Sealer,
    private readonly guard: AddressGuard,
    private readonly settings: DeliverySettings,
    private readonly record: Pick<DeliveryRecord, 'tried'>,
  ) {}

  /** Attempts the next delivery of the webhook. False: nothing is due, or its target rests. */
  async next(webhook: LeasedWebhook, holder: string, stop: AbortSignal): Promise<boolean> {
    const seconds = this.settings.timeoutMs / 1000 + GRACE_S;
    const gate = await this.queue.admit(webhook.origin, seconds);
    if (gate.state === 'open') return false;
    const delivery = await this.queue.begin(webhook.id, holder, seconds);
    if (delivery === null) return false;
    try {
      await this.attempt(webhook, delivery, gate.failures, stop);
    } catch (error) {
      if (stop.aborted) await this.queue.putBack(delivery);
      throw error;
    }
    return true;
  }

  private async attempt(
    webhook: LeasedWebhook,
    delivery: DueDelivery,
    failures: number,
    stop: AbortSignal,
  ): Promise<void> {
    let request: HookRequest | null = null;
    let answer: HookAnswer;
    try {
      request = hookRequest(webhook, delivery, this.sealer, this.settings.source, Date.now());
      answer = await this.send(request, stop);
    } catch (error) {
      stop.throwIfAborted();
      answer = unsent(error as Error);
    }
    await this.noteTarget(webhook.origin, answer, failures);
    await this.settle(delivery, request, answer);
  }

  private async send(request: HookRequest, stop: AbortSignal): Promise<HookAnswer> {
    const { timeoutMs, resolve } = this.settings;
    const agent = guardedAgent(this.guard, timeoutMs, resolve);
    try {
      return await send(agent, request, timeoutMs, stop);
    } finally {
      // What is left of an answer is of no use.
      await agent.destroy();
    }
  }

  private async noteTarget(origin: string, { targetFailed }: HookAnswer, before: number): Promise<void> {
    if (!targetFailed) {
      if (before > 0) await this.queue.targetAnswered(origin);
      return;
    }
    const failures = await this.queue.targetFailed(origin);
    if (failures < CIRCUIT_FAILURES) return;
    await this.queue.rest(origin, circuitPause(failures, this.settings.circuitSeconds ?? CIRCUIT_S));
  }

  private async settle(delivery: DueDelivery, request: HookRequest | null, answer: HookAnswer): Promise<void> {
    const { id, attempts } = delivery;
    const { status, reason, duration } = answer;
    const givenUp = answer.permanent || attempts >= this.settings.attempts;
    const state = reason === null ? 'delivered' : givenUp ? 'dead' : 'waiting';
    this.record.tried(state === 'waiting' ? 'failed' : state, duration);
    await this.queue.settle({
      id,
      attempts,
      state,
      status,
      reason,
      duration,
      requestHeader: request && shownHeaders(request.headers),
      requestBody: request?.body.slice(0, REQUEST_CHARACTERS) ?? null,
      responseHeader: answer.headers,
      responseBody: answer.body,
      pause: nextAttempt(attempts, this.settings.backoff, Math.random(), answer.retryAfter),
    });
  }
}

/** Of a request that could not even be made. */
function unsent(error: Error): HookAnswer {
  const reason = `could not be sent: ${error.message}`.slice(0, 500);
  const rest = { permanent: false, targetFailed: false, retryAfter: null, headers: {}, body: '', duration: 0 };
  return { status: 0, reason, ...rest };
}
