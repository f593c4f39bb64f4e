/** What a manifest says about another one. */
export const REFERRER_KINDS = ['signature', 'sbom', 'attestation', 'other'] as const;
export type ReferrerKind = (typeof REFERRER_KINDS)[number];

/** A tag that belongs to a digest by its name alone. */
export interface Companion {
  /** The digest that it describes. */
  describes: string;
  /** null: a list of referrers (OCI distribution spec 1.1, "Referrers Tag Schema"), not one of them. */
  kind: ReferrerKind | null;
}

const COMPANION = /^sha256-([a-f0-9]{64})(?:\.(sig|att|sbom))?$/;
const COSIGN_KINDS = { sig: 'signature', att: 'attestation', sbom: 'sbom' } as const;

/** Reads cosign's tag scheme (`sha256-<hex>.sig`, `.att`, `.sbom`) and OCI's fallback tag (`sha256-<hex>`). */
export function companionOf(tag: string): Companion | null {
  const match = COMPANION.exec(tag);
  if (!match) return null;
  const suffix = match[2] as keyof typeof COSIGN_KINDS | undefined;
  return { describes: `sha256:${match[1]}`, kind: suffix ? COSIGN_KINDS[suffix] : null };
}

/** Names of all tags that may belong to the digest; none for digests that are not sha256. */
export function companionTagsOf(digest: string): string[] {
  const hex = /^sha256:([a-f0-9]{64})$/.exec(digest)?.[1];
  return hex === undefined ? [] : ['', '.sig', '.att', '.sbom'].map((suffix) => `sha256-${hex}${suffix}`);
}

/** Annotations by which buildx marks the entries of an index that describe another entry. */
export const ATTESTATION_TYPE = 'vnd.docker.reference.type';
export const ATTESTATION_SUBJECT = 'vnd.docker.reference.digest';

/** By the type that an artifact gives itself: its `artifactType`, else the media type of its config. */
export function kindOfArtifact(type: string | null): ReferrerKind {
  const text = (type ?? '').toLowerCase();
  if (/cosign\.artifact\.sig|notary\.signature|simplesigning|sigstore\.bundle|signature/.test(text)) return 'signature';
  if (/spdx|cyclonedx|sbom|syft/.test(text)) return 'sbom';
  if (/in-toto|attestation|slsa|dsse/.test(text)) return 'attestation';
  return 'other';
}
