const KINDS = [
  ['chart', /helm/],
  ['index', /image\.index|manifest\.list/],
  ['image', /image\.config|container\.image/],
  ['signature', /cosign|notary|signature|sigstore/],
  ['sbom', /spdx|cyclonedx|sbom|syft/],
  ['attestation', /in-toto|attestation|slsa/],
] as const;

export type ArtifactKind = (typeof KINDS)[number][0];

/** What people call what has this media type (of its own, of its config or of the index); null: there is no such word. */
export function artifactKind(type: string): ArtifactKind | null {
  const text = type.toLowerCase();
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
