import { readFileSync } from 'node:fs';
import { createTransport, type Transporter } from 'nodemailer';
import type { Settings } from '#platform/config/settings.js';
import type { Logger } from '#platform/logging/logger.js';

export interface Letter {
  to: string;
  subject: string;
  text: string;
}

/** Waits before the second and the third try, milliseconds. */
const PAUSES_MS = [1_000, 10_000];
/** The server may take so long to be reached, to greet, and to say anything at all, milliseconds. */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** Letters under way; beyond, they are dropped: people ask again. */
const MAX_UNDER_WAY = 100;

const METHODS = { plain: 'PLAIN', login: 'LOGIN', cram_md5: 'CRAM-MD5' } as const;

/** Sends mail, with a few tries. Nobody waits for it, and what can not be sent is logged without its text. */
export class Mailer {
  private readonly transport: Transporter | null;
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {
    this.transport = settings.smtpEnabled ? createTransport(transportOf(settings)) : null;
  }

  get enabled(): boolean {
    return this.transport !== null;
  }

  /** Where the links of letters lead, without a slash at the end. */
  get site(): string {
    return (this.settings.publicUrl ?? `https://${this.settings.machineFqdn}`).replace(/\/$/, '');
  }

  /** Hands a letter over to be sent. */
  send(letter: Letter): void {
    if (this.transport === null || this.underWay.size >= MAX_UNDER_WAY) {
      this.logger.warn('a mail was dropped: too many are under way');
      return;
    }
    const sent = this.deliver(this.transport, letter).finally(() => this.underWay.delete(sent));
    this.underWay.add(sent);
  }

  /** Whether the server can be reached and signed in to. Takes no longer than a letter's waits for a silent server. */
  async answers(): Promise<boolean> {
    return (
      this.transport !== null &&
      this.transport.verify().then(
        () => true,
        () => false,
      )
    );
  }

  /** Gives up what is not sent yet. */
  async close(): Promise<void> {
    this.stopping.abort();
    this.transport?.close();
    await Promise.all(this.underWay);
  }

  private async deliver(transport: Transporter, letter: Letter): Promise<void> {
    const { mailFrom: address, mailName: name, mailReplyTo: replyTo } = this.settings;
    for (let attempt = 0; ; attempt++) {
      try {
        await transport.sendMail({ ...letter, from: { name, address }, ...(replyTo ? { replyTo } : {}) });
        return;
      } catch (error) {
        const { code, responseCode, message } = error as Error & { code?: string; responseCode?: number };
        const pause = isFinal(responseCode) ? undefined : PAUSES_MS[attempt];
        this.logger.warn({ code, responseCode, message, again: pause !== undefined }, 'a mail could not be sent');
        if (pause === undefined || !(await this.paused(pause))) return;
      }
    }
  }

  /** @returns false when the program ends meanwhile */
  private paused(ms: number): Promise<boolean> {
    const { signal } = this.stopping;
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), ms);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve(false)), { once: true });
    });
  }
}

/** RFC 5321, 4.2.1: 5yz is a permanent refusal. */
const isFinal = (responseCode: number | undefined): boolean => (responseCode ?? 0) >= 500;

function transportOf(settings: Settings) {
  const { smtpUser: user, smtpPassword, smtpDomain, smtpCaFile, smtpTls } = settings;
  return {
    host: settings.smtpAddress,
    port: settings.smtpPort,
    secure: smtpTls !== '',
    ignoreTLS: !settings.smtpStartTls,
    tls: {
      rejectUnauthorized: settings.smtpVerify === 'peer',
      ...(smtpCaFile === null ? {} : { ca: readFileSync(smtpCaFile) }),
    },
    ...(smtpDomain === null ? {} : { name: smtpDomain }),
    ...(user === null
      ? {}
      : { auth: { user, pass: smtpPassword ?? '' }, authMethod: METHODS[settings.smtpAuthentication] }),
    ...PATIENCE,
    // A letter is made of what is given, never of files or of what is found somewhere.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
