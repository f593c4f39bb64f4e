import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTAINER_TOOLS, ContainerTool } from '../support/container-tool.js';
import { scenes } from '../support/scenes.js';
import type { TestUser } from '../support/stack-handle.js';
import { createTeamNamespace, untilTag } from '../support/world.js';

const tools = Object.keys(CONTAINER_TOOLS) as (keyof typeof CONTAINER_TOOLS)[];

scenes('podman and buildah', { needs: Object.values(CONTAINER_TOOLS) }, (house, flavour) => {
  let alice: TestUser;

  beforeAll(async () => {
    alice = await house().createUser('alice', 'password of alice');
    await createTeamNamespace(house(), 'crew', [{ userId: alice.id, role: 'viewer' }]);
  });

  describe.each(tools)('%s', (name) => {
    let tool: ContainerTool;
    let stranger: ContainerTool;
    const must = async (running: Promise<{ code: number | null; output: string }>): Promise<void> => {
      const { code, output } = await running;
      expect(code, output).toBe(0);
    };
    const mustNot = async (running: Promise<{ code: number | null; output: string }>): Promise<void> => {
      const { code, output } = await running;
      expect(code, output).not.toBe(0);
      expect(output).toMatch(/unauthorized|denied|invalid username\/password/);
    };

    beforeAll(async () => {
      tool = await ContainerTool.of(name, house().registryHost);
      stranger = await ContainerTool.of(name, house().registryHost);
      await tool.build('local/it', [`one for ${name} and ${flavour}`, `two for ${name} and ${flavour}`]);
    });
    afterAll(async () => {
      await tool?.remove();
      await stranger?.remove();
    });

    it('signs in with the right password only', async () => {
      await mustNot(stranger.login({ username: 'alice', password: 'not the password' }));
      await must(tool.login(alice));
    });

    it('pushes, mounts the layers into another repository, and pulls what it pushed', async () => {
      const pushed = await tool.push('local/it', `alice/${name}:v1`);
      await must(Promise.resolve(pushed));
      await untilTag(house(), `alice/${name}`, 'v1', pushed.digest!, 'alice');
      const mounted = await tool.push('local/it', `alice/${name}-too:v1`);
      await must(Promise.resolve(mounted));
      expect(mounted.output.match(/\.\.\. mount OK/g)).toHaveLength(2);
      await untilTag(house(), `alice/${name}-too`, 'v1', pushed.digest!, 'alice');
      await tool.removeImages();
      await must(tool.pull(`alice/${name}:v1`));
    });

    it('is refused what its person may not do, and everything after its sign-out', async () => {
      const local = `${house().registryHost}/alice/${name}:v1`;
      await mustNot(tool.push(local, `crew/${name}:v1`));
      await mustNot(stranger.pull(`alice/${name}:v1`));
      await must(tool.logout());
      await mustNot(tool.push(local, `alice/${name}:late`));
    });
  });
});
