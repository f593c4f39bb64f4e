import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBody } from './read-body.js';

const LIMIT = 10;

function setUp() {
  const payload = new PassThrough();
  return { payload, body: readBody(payload as unknown as IncomingMessage, LIMIT) };
}

describe(readBody.name, () => {
  it('joins the parts of a body', async () => {
    const { payload, body } = setUp();
    payload.write('abc');
    payload.end('def');
    expect(await body).toEqual({ bytes: Buffer.from('abcdef'), tooLarge: false });
  });

  it('takes a body of exactly the limit', async () => {
    const { payload, body } = setUp();
    payload.end('0123456789');
    expect(await body).toEqual({ bytes: Buffer.from('0123456789'), tooLarge: false });
  });

  it('keeps the limit of a longer one and drains the rest', async () => {
    const { payload, body } = setUp();
    payload.write('01234');
    payload.write('56789ab');
    payload.end('cd');
    expect(await body).toEqual({ bytes: Buffer.from('0123456789'), tooLarge: true });
    expect(payload.readableEnded).toBe(true);
  });

  it('ends a body of more than ten times the limit', async () => {
    const { payload, body } = setUp();
    payload.write('x'.repeat(LIMIT * 10 + 1));
    expect((await body).tooLarge).toBe(true);
    expect(payload.destroyed).toBe(true);
  });

  it('rejects when the sender goes away', async () => {
    const { payload, body } = setUp();
    payload.write('abc');
    payload.destroy();
    await expect(body).rejects.toThrow('ended before its body');
  });
});
