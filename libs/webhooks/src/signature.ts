import { createHmac } from 'node:crypto';

/**
 * The value of `X-Portus-Signature`: `t=<seconds>,v1=<hex>`, where v1 is HMAC-SHA-256 over `<seconds>.<body>`. The time
 * is part of what is signed: a receiver that refuses old ones can not be sent the same again.
 *
 * @param now milliseconds
 */
export function signatureOf(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${mac}`;
}
