import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { quotedPrintable } from './quoted-printable.js';
import { until } from './until.js';

export interface CaughtMail {
  from: string;
  to: string[];
  /** Headers and text, decoded. */
  text: string;
  /** Whether it came over TLS. */
  secure: boolean;
}

export interface CatcherOptions {
  user?: string;
  password?: string;
  startTls?: boolean;
  /** Default: any that is free. */
  port?: number;
}

/** A real SMTP server that keeps what it is given. */
export class MailCatcher {
  readonly mails: CaughtMail[] = [];
  /** Mails that are refused for now before one is taken. */
  refusals = 0;
  /** Every recipient is refused with this, for good. */
  refuses: number | null = null;
  /** Times that somebody tried to sign in. */
  signIns = 0;
  private readonly server: SMTPServer;

  private constructor(options: CatcherOptions) {
    const { user, password } = options;
    this.server = new SMTPServer({
      authOptional: user === undefined,
      allowInsecureAuth: true,
      disabledCommands: options.startTls ? [] : ['STARTTLS'],
      onAuth: (auth, _session, done) => {
        this.signIns += 1;
        if (auth.username === user && auth.password === password) return done(null, { user });
        return done(new Error('wrong'));
      },
      onMailFrom: (_address, _session, done) => {
        if (this.refusals-- > 0) return done(Object.assign(new Error('later'), { responseCode: 451 }));
        return done();
      },
      onRcptTo: (_address, _session, done) => {
        if (this.refuses === null) return done();
        return done(Object.assign(new Error('never'), { responseCode: this.refuses }));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map((one) => one.address),
            text: quotedPrintable(Buffer.concat(chunks).toString('utf8')),
            secure: session.secure === true,
          });
          done();
        });
      },
    });
    // A client that trusts no certificate ends the connection: no reason to end the tests.
    this.server.on('error', () => undefined);
  }

  static async start(options: CatcherOptions = {}): Promise<MailCatcher> {
    const catcher = new MailCatcher(options);
    await new Promise<void>((resolve) => catcher.server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return catcher;
  }

  /** What Portus needs to send here. */
  get env(): Record<string, string> {
    const { port } = this.server.server.address() as AddressInfo;
    return {
      PORTUS_EMAIL_SMTP_ENABLED: 'true',
      PORTUS_EMAIL_SMTP_ADDRESS: '127.0.0.1',
      PORTUS_EMAIL_SMTP_PORT: String(port),
    };
  }

  /** Waits for the next mail. */
  async next(): Promise<CaughtMail> {
    await until('a mail', () => this.mails.length > 0, { timeoutMs: 30_000 });
    return this.mails.shift()!;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
