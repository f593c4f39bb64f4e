import { z } from 'zod';
import { bool, option, port, text } from './option.js';

const oneLine = text.regex(/^[^\r\n]+$/, 'must be one line');
const address = text.pipe(z.email('must be an e-mail address'));

/** Mail that Portus sends: so far for forgotten passwords only. */
export const MAIL = {
  mailFrom: option('PORTUS_EMAIL_FROM', 'Mail', address, 'portus@example.com', 'Address of the sender.'),
  mailName: option('PORTUS_EMAIL_NAME', 'Mail', oneLine, 'Portus', 'Name of the sender.'),
  mailReplyTo: option('PORTUS_EMAIL_REPLY_TO', 'Mail', address, null, 'Where answers go.', {
    example: 'admin@example.com',
  }),
  smtpEnabled: option(
    'PORTUS_EMAIL_SMTP_ENABLED',
    'Mail',
    bool,
    'false',
    'Whether mail is sent, through an SMTP server. Without it nobody can have a forgotten password set anew.',
  ),
  smtpAddress: option('PORTUS_EMAIL_SMTP_ADDRESS', 'Mail', text.max(255), 'smtp.example.com', 'Host of that server.'),
  smtpPort: option('PORTUS_EMAIL_SMTP_PORT', 'Mail', port, '587', 'Its port.'),
  smtpDomain: option('PORTUS_EMAIL_SMTP_DOMAIN', 'Mail', text.max(255), null, 'How Portus calls itself there (HELO).', {
    example: 'example.com',
  }),
  smtpTls: option(
    'PORTUS_EMAIL_SMTP_SSL_TLS',
    'Mail',
    z.enum(['', 'ssl', 'tls']),
    '',
    'ssl or tls: the connection is encrypted from its beginning (usually port 465).',
  ),
  smtpStartTls: option(
    'PORTUS_EMAIL_SMTP_ENABLE_STARTTLS_AUTO',
    'Mail',
    bool,
    'true',
    'Whether the connection is encrypted where the server offers it. With a user name it has to be: a server that does not offer it gets neither the password nor the mail, unless this is false.',
  ),
  smtpVerify: option(
    'PORTUS_EMAIL_SMTP_OPENSSL_VERIFY_MODE',
    'Mail',
    z.enum(['none', 'peer']),
    'peer',
    'peer: the certificate of the server must be good.',
  ),
  smtpCaFile: option('PORTUS_EMAIL_SMTP_CA_FILE', 'Mail', text, null, 'Certificates that are trusted there, PEM.', {
    example: '/etc/ssl/mail-ca.pem',
  }),
  smtpUser: option('PORTUS_EMAIL_SMTP_USER_NAME', 'Mail', text.max(255), null, 'Who signs in there; empty: nobody.', {
    example: 'portus',
  }),
  smtpPassword: option('PORTUS_EMAIL_SMTP_PASSWORD', 'Mail', text, null, 'The password for it.', {
    secret: true,
    example: 'a password',
  }),
  smtpAuthentication: option(
    'PORTUS_EMAIL_SMTP_AUTHENTICATION',
    'Mail',
    z.enum(['plain', 'login', 'cram_md5']),
    'login',
    'How Portus signs in there.',
  ),
  publicUrl: option(
    'PORTUS_PUBLIC_URL',
    'Mail',
    text.regex(/^https?:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/, 'must be http://… or https://…, without ? and #'),
    null,
    'Where people find the web page, for links in mails; without it https:// and PORTUS_MACHINE_FQDN.',
    { example: 'https://portus.example.com' },
  ),
} as const;
