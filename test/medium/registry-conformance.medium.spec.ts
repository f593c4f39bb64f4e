import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'vitest';
import { registryConformance } from '../conformance/registry-conformance.js';
import type { RegistrySetup, RegistryUnderTest } from '../conformance/subject.js';
import { FakeRegistry, type EventEnvelope, type Flavour } from '../fakes/registry.js';
import { startRealRegistry } from '../support/real-registry.js';

for (const flavour of ['2.8', '3'] as const) registryConformance(fake(flavour));

for (const [flavour, variable] of [
  ['2.8', 'PORTUS_TEST_REGISTRY_28'],
  ['3', 'PORTUS_TEST_REGISTRY_3'],
] as const) {
  const binary = process.env[variable];
  describe.skipIf(!binary)(`a real registry ${flavour} (${variable} names the program)`, () => {
    if (binary) registryConformance(real(`registry ${flavour}`, flavour, binary));
    // One skip that says what is missing, not one for each case.
    else it('conforms', () => undefined);
  });
}

function fake(flavour: Flavour): RegistryUnderTest {
  return {
    name: `the fake registry ${flavour}`,
    flavour,
    async start({ signing, deleteEnabled, onEnvelope }) {
      const registry: FakeRegistry = new FakeRegistry({
        flavour,
        deleteEnabled,
        authorize: (authorization, needed) => signing.authorize(authorization, needed),
        onEvent: (envelope) => onEnvelope(envelope, registry.eventMediaType),
      });
      await registry.start();
      return { url: registry.url, stop: () => registry.stop() };
    },
  };
}

function real(name: string, flavour: Flavour, binary: string): RegistryUnderTest {
  return {
    name,
    flavour,
    async start(setup) {
      const sink = await startSink(setup.onEnvelope);
      const notifications = { url: sink.url, secret: 'test', includeReferences: false };
      const { deleteEnabled, signing } = setup;
      const registry = await startRealRegistry({ binary, auth: signing.registryAuth, notifications, deleteEnabled });
      const stop = async (): Promise<void> => {
        await registry.remove();
        await sink.stop();
      };
      return { url: registry.url, stop };
    },
  };
}

/** Takes notifications over HTTP and answers each at once. */
async function startSink(onEnvelope: RegistrySetup['onEnvelope']): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const envelope = JSON.parse(Buffer.concat(chunks).toString()) as EventEnvelope;
      onEnvelope(envelope, request.headers['content-type'] ?? '');
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, stop };
}
