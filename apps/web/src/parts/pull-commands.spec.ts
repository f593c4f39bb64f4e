import { describe, expect, it } from 'vitest';
import { pullCommands } from './pull-commands.js';

const toolsFor = (artifactType: string | null) =>
  pullCommands({ registry: 'r:5000', repository: 'team/app', tag: '1.0', digest: 'sha256:x', artifactType });

describe(pullCommands, () => {
  it.each([
    [null, ['docker', 'podman', 'nerdctl', 'skopeo', 'digest']],
    ['application/vnd.oci.image.config.v1+json', ['docker', 'podman', 'nerdctl', 'skopeo', 'digest']],
    ['application/vnd.docker.container.image.v1+json', ['docker', 'podman', 'nerdctl', 'skopeo', 'digest']],
    ['application/vnd.cncf.helm.config.v1+json', ['helm']],
    ['application/vnd.oci.empty.v1+json', ['oras', 'skopeo']],
    ['application/spdx+json', ['oras', 'skopeo']],
  ])('knows who pulls what is %s', (kind, tools) => {
    expect(toolsFor(kind).map(([tool]) => tool)).toEqual(tools);
  });
  it('pulls a chart by its version', () => {
    expect(toolsFor('application/vnd.cncf.helm.config.v1+json')[0]![1]).toBe(
      'helm pull oci://r:5000/team/app --version 1.0',
    );
  });
});
