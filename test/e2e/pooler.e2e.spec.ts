import { expect, it } from 'vitest';
import { buildImage } from '../factories/image.js';
import { pushImage } from '../support/push-image.js';
import { scenes } from '../support/scenes.js';
import { SteadyTokens } from '../support/steady-tokens.js';

const CLIENTS = 8;
const TOKENS = 200;
const PUSHES = 12;

/** Debian's PgBouncer does not follow prepared statements, as those from 1.21 on do. */
const stack = { pooled: true, workers: 2, env: { PORTUS_DB_PREPARED_STATEMENTS: 'false' } };

scenes(
  'behind PgBouncer, with connections of a transaction',
  { flavours: ['2.8'], needs: ['PORTUS_TEST_PGBOUNCER'], stack },
  (house) => {
    it('tokens are issued to many at a time, and the catalog becomes equal to the registry', async () => {
      const sut = house();
      const alice = await sut.createUser('alice', 'alice has a password');
      const tokens = new SteadyTokens(sut, alice, CLIENTS);
      try {
        for (let i = 0; i < PUSHES; i++) {
          const repository = `alice/app-${i % 3}`;
          const token = await sut.signToken(
            [{ type: 'repository', name: repository, actions: ['pull', 'push'] }],
            'alice',
          );
          await pushImage({ url: sut.registry.url, repository, token }, `v${i}`, buildImage({ seed: `pooled ${i}` }));
        }
        await tokens.more(TOKENS);
      } finally {
        await tokens.stop();
      }
      expect(tokens.failures).toEqual([]);
      await sut.untilEqual();
    });
  },
);
