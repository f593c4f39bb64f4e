import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anyFreePort, holderOf, isFree, listeningInodes, rememberedPort, requireFree } from './ports.mjs';

let server;
beforeEach(async () => {
  server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe(listeningInodes, () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0',
    '   1: 0100007F:0BB8 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 20 4 30 10 -1',
    '   2: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0 100 0 0 10 0',
  ].join('\n');

  it('names the socket that listens, not the connections through the same port', () => {
    expect(listeningInodes(table, 3000)).toEqual(['4711']);
  });

  it('is empty for a port on which nobody listens', () => {
    expect(listeningInodes(table, 3001)).toEqual([]);
  });
});

describe(requireFree, () => {
  it('names the port, who holds it and the variable to set', async () => {
    const { port } = server.address();
    const wanted = { port, host: '127.0.0.1', what: 'the registry', variable: 'PORTUS_REGISTRY_PORT' };
    await expect(requireFree(wanted)).rejects.toThrow(
      `port ${port}, needed for the registry, is taken by process ${process.pid}`,
    );
    await expect(requireFree(wanted)).rejects.toThrow(`PORTUS_REGISTRY_PORT=${port + 1}`);
  });

  it('accepts a free one', async () => {
    const port = await anyFreePort();
    await expect(requireFree({ port, host: '127.0.0.1', what: 'x', variable: 'Y' })).resolves.toBeUndefined();
    expect(holderOf(port)).toBeUndefined();
  });
});

describe(rememberedPort, () => {
  let folder;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'portus-ports-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives the same port again, and one of its own to each name', async () => {
    const first = await rememberedPort(folder, 'postgres');
    expect(await rememberedPort(folder, 'postgres')).toBe(first);
    expect(await isFree(first)).toBe(true);
  });

  it('gives another port when the remembered one is taken', async () => {
    const first = await rememberedPort(folder, 'redis');
    const stranger = createServer();
    await new Promise((resolve) => stranger.listen(first, '127.0.0.1', resolve));
    expect(await rememberedPort(folder, 'redis')).not.toBe(first);
    await new Promise((resolve) => stranger.close(resolve));
  });
});
