import { readFileSync } from 'node:fs';
import { createTransport, type Transporter } from 'nodemailer';
import type { Settings } from '#platform/config/settings.js';
import type { Letter } from './letter.js';

/** Why a letter was not taken. `permanent`: the server refuses this one for good. */
export interface MailFailure {
  reason: string;
  permanent: boolean;
}

export type MailSettings = Pick<
  Settings,
  | 'mailFrom'
  | 'mailName'
  | 'mailReplyTo'
  | 'smtpAddress'
  | 'smtpPort'
  | 'smtpDomain'
  | 'smtpTls'
  | 'smtpStartTls'
  | 'smtpVerify'
  | 'smtpCaFile'
  | 'smtpUser'
  | 'smtpPassword'
  | 'smtpAuthentication'
>;

/** The server may take so long to be reached, to greet, and to say anything at all, milliseconds. */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
const METHODS = { plain: 'PLAIN', login: 'LOGIN', cram_md5: 'CRAM-MD5' } as const;
/** Steps at which a server speaks about this letter, not about us: nodemailer's words for MAIL, RCPT and DATA. */
const ABOUT_THE_LETTER = new Set(['EENVELOPE', 'EMESSAGE']);

/** Hands letters to an SMTP server, one try each. */
export class Mailer {
  private readonly transport: Transporter;

  constructor(private readonly settings: MailSettings) {
    this.transport = createTransport(transportOf(settings));
  }

  /** @returns null: the server has taken it */
  async send(letter: Letter): Promise<MailFailure | null> {
    const { mailFrom: address, mailName: name, mailReplyTo: replyTo } = this.settings;
    try {
      await this.transport.sendMail({ ...letter, from: { name, address }, ...(replyTo ? { replyTo } : {}) });
      return null;
    } catch (error) {
      const { code = '', responseCode = 0, message } = error as Error & { code?: string; responseCode?: number };
      // RFC 5321, 4.2.1: 5yz is a refusal for good. Of a wrong password it is not the letter's fault: it waits.
      return { reason: message, permanent: responseCode >= 500 && ABOUT_THE_LETTER.has(code) };
    }
  }

  /** Whether the server can be reached and lets us in; sends nothing. */
  async isReady(): Promise<boolean> {
    return this.transport.verify().then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.transport.close();
  }
}

function transportOf(settings: MailSettings) {
  const { smtpUser: user, smtpPassword, smtpDomain, smtpCaFile, smtpTls, smtpStartTls } = settings;
  return {
    host: settings.smtpAddress,
    port: settings.smtpPort,
    secure: smtpTls !== '',
    ignoreTLS: !smtpStartTls,
    // Whoever stands between could hide that the server offers encryption, and would be told the password.
    requireTLS: smtpStartTls && user !== null,
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
