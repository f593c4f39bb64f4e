interface Pull {
  registry: string;
  repository: string;
  tag: string;
  digest: string;
  /** What is tagged: an image, a chart, or another artifact, which other tools pull. */
  artifactType: string | null;
}

/** How to get what is tagged, by the tools that can. */
export function pullCommands({
  registry,
  repository,
  tag,
  digest,
  artifactType,
}: Pull): readonly (readonly [tool: string, command: string])[] {
  const place = `${registry}/${repository}`;
  if (artifactType?.includes('helm')) return [['helm', `helm pull oci://${place} --version ${tag}`]];
  const from = `${plainFlag(registry, '--src-tls-verify')}docker://${place}:${tag}`;
  const skopeo = ['skopeo', `skopeo copy ${from} dir:${repository.split('/').at(-1)}`] as const;
  if (artifactType !== null && !artifactType.includes('image')) return [['oras', `oras pull ${place}:${tag}`], skopeo];
  return [
    ['docker', `docker pull ${place}:${tag}`],
    ['podman', `podman pull ${plainFlag(registry, '--tls-verify')}${place}:${tag}`],
    ['nerdctl', `nerdctl pull ${place}:${tag}`],
    skopeo,
    ['digest', `docker pull ${place}@${digest}`],
  ];
}

/** Docker speaks plain HTTP with this machine by itself; other tools want to be told. */
export function plainFlag(host: string, flag: string): string {
  return /^(localhost|127\.0\.0\.1)(:|$)/.test(host) ? `${flag}=false ` : '';
}
