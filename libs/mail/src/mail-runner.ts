import { nextAttempt } from '#domain/webhook/next-attempt.js';
import type { DueMail, MailsRepository } from '#persistence/mails.repository.js';
import type { Sealer } from '#platform/secrets/sealer.js';
import { type Letter, unsealLetter } from './letter.js';
import type { Mailer, MailFailure } from './mailer.js';

/** Whoever dies with a mail is believed to be at it for so long: longer than all of a server's patience. Seconds. */
const LEASE_S = 90;
/** Before the second try, and at most before a later one: somebody waits for it. Seconds. */
const PAUSE_S = 2;
const LONGEST_S = 300;
/** Tries of one mail. It expires before that, unless it is put back again and again. */
const ATTEMPTS = 100;

interface RunnerLog {
  warn(facts: object, message: string): void;
}

/**
 * Sends what is due, oldest first, one after the other. Any number of workers may do so at once. At least once: whoever
 * dies between the server's yes and writing it down sends it again.
 */
export class MailRunner {
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly mails: Pick<MailsRepository, 'begin' | 'putBack' | 'settle'>,
    private readonly mailer: Pick<Mailer, 'send' | 'close'>,
    private readonly sealer: Sealer,
    private readonly log: RunnerLog,
  ) {}

  /** Sends everything that is due; resolves when nothing is any more, or the server fails. */
  async ring(): Promise<void> {
    this.again = true;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Breaks off what is under way; it waits for the next worker. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the worker is stopping'));
    this.mailer.close();
    await this.running?.catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (this.again && !this.stopping.signal.aborted) {
      this.again = false;
      while (!this.stopping.signal.aborted && (await this.next()));
    }
  }

  /** False: nothing is due, or the server takes nothing now. */
  private async next(): Promise<boolean> {
    const mail = await this.mails.begin(LEASE_S);
    if (mail === null) return false;
    const failure = await this.attempt(mail);
    if (failure !== null && this.stopping.signal.aborted) {
      await this.mails.putBack(mail);
      return false;
    }
    const { id, attempts } = mail;
    const dead = failure !== null && (failure.permanent || attempts >= ATTEMPTS);
    const state = failure === null ? 'sent' : dead ? 'dead' : 'waiting';
    const pause = Math.min(LONGEST_S, nextAttempt(attempts, PAUSE_S, Math.random()));
    const reason = failure?.reason ?? null;
    if (reason !== null) this.log.warn({ mail: id, attempts, state, reason }, 'a mail could not be sent');
    await this.mails.settle({ id, attempts, state, reason, pause });
    return failure === null || failure.permanent;
  }

  private async attempt({ sealed }: DueMail): Promise<MailFailure | null> {
    let letter: Letter;
    try {
      letter = unsealLetter(sealed, this.sealer);
    } catch (error) {
      return { reason: (error as Error).message, permanent: true };
    }
    const { signal } = this.stopping;
    let stop = (): void => undefined;
    const stopped = new Promise<MailFailure>((resolve) => {
      stop = () => resolve({ reason: 'the worker is stopping', permanent: false });
      signal.addEventListener('abort', stop, { once: true });
    });
    return Promise.race([this.mailer.send(letter), stopped]).finally(() => signal.removeEventListener('abort', stop));
  }
}
