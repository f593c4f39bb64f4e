import type { Answered } from '../../../../../libs/client/src/client.js';

type Webhook = Answered<'Webhook'>;

/** What is entered of a webhook; the secrets are empty where nobody enters new ones. */
export interface WebhookValues {
  url: string;
  name: string;
  events: string[];
  format: string;
  contentType: string;
  method: string;
  username: string;
  password: string;
  secret: string;
  removePassword: boolean;
  removeSecret: boolean;
  enabled: boolean;
}

/** Of a webhook that is known, or (null) of a new one. */
export function valuesOf(of: Webhook | null): WebhookValues {
  return {
    url: of?.url ?? '',
    name: of?.name ?? '',
    events: of?.events ?? ['push', 'delete'],
    format: of?.format ?? 'portus',
    contentType: of?.content_type ?? 'application/json',
    method: of?.request_method ?? 'POST',
    username: of?.username ?? '',
    password: '',
    secret: '',
    removePassword: false,
    removeSecret: false,
    enabled: true,
  };
}

/** What is sent of it. A secret that nobody entered is left as it is; null takes it away. */
export function bodyOf(of: Webhook | null, values: WebhookValues) {
  const { url, name, events, format, contentType, method, username } = values;
  return {
    url,
    ...(name.trim() === '' && of === null ? {} : { name: name.trim() }),
    events: events as Webhook['events'],
    format: format as Webhook['format'],
    content_type: contentType as Webhook['content_type'],
    request_method: method as Webhook['request_method'],
    username: username === '' ? null : username,
    ...secretOf('password', values.password, values.removePassword),
    ...secretOf('secret', values.secret, values.removeSecret),
  };
}

function secretOf<N extends 'password' | 'secret'>(name: N, entered: string, remove: boolean) {
  if (remove) return { [name]: null } as Record<N, null>;
  return (entered === '' ? {} : { [name]: entered }) as Partial<Record<N, string>>;
}
