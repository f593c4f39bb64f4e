import { request } from 'undici';
import type { Findings } from './finding.js';

export interface RealmFacts {
  realm: string;
  service: string;
  /** Where Portus is meant to be; null: wherever the realm says. */
  portusUrl: string | null;
  keyId: string;
}

const PATIENCE_MS = 5_000;
const MAX_BYTES = 256 * 1024;

/** Whether clients that follow the registry's challenge come to this Portus. Sends no credentials: anybody may answer. */
export async function checkRealm(found: Findings, facts: RealmFacts): Promise<void> {
  const { realm, portusUrl } = facts;
  const line = `config.yml of the registry: auth.token.realm: ${JSON.stringify(`${portusUrl ?? '<url of Portus>'}/v2/token`)}`;
  const url = URL.canParse(realm) ? new URL(realm) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return found.wrong('realm', `the realm ${JSON.stringify(realm)} is no address`, line);
  }
  if (portusUrl !== null && realm !== `${portusUrl}/v2/token`) {
    return found.wrong('realm', `the registry sends clients to ${realm}`, line);
  }
  const token = new URL(url);
  token.searchParams.set('service', facts.service);
  const answer = await ask(token);
  if ('problem' in answer) {
    return found.wrong('realm', `the realm ${realm} can not be reached from here: ${answer.problem}`, line);
  }
  if (answer.status === 400 && answer.text.includes('"errors"')) {
    return found.wrong(
      'realm',
      `Portus at ${realm} does not know the service ${facts.service}`,
      'portus registry list',
    );
  }
  if (answer.status !== 200 && answer.status !== 401) {
    return found.wrong('realm', `${realm} answers ${answer.status}: it is not the token endpoint of Portus`, line);
  }
  const keys = await ask(new URL('/.well-known/jwks.json', url));
  const ours = !('problem' in keys) && keys.status === 200 && keys.text.includes(JSON.stringify(facts.keyId));
  if (ours) return found.ok('realm', `clients come to this Portus: ${realm}`);
  found.wrong('realm', `${realm} is a Portus with other keys, or something else`, line);
}

async function ask(url: URL): Promise<{ status: number; text: string } | { problem: string }> {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BYTES) break;
      chunks.push(chunk);
    }
    return { status: statusCode, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { problem: code ?? message };
  }
}
