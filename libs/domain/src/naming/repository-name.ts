/** OCI distribution spec 1.1, "Pulling manifests": the grammar of `<name>`. */
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const NAMESPACE = new RegExp(`^${COMPONENT}$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]{1,256}$/;
const SHA256 = /^sha256:[a-f0-9]{64}$/;

/** Longest repository name that we handle; clients cap host + '/' + name at 255 characters. */
export const MAX_NAME_LENGTH = 255;

/** True for a legal OCI repository name of at most 255 characters, without a host. */
export function isRepositoryName(value: string): boolean {
  // The length is checked first: the pattern must not be run over a hostile 100 kB string.
  return value.length > 0 && value.length <= MAX_NAME_LENGTH && NAME.test(value);
}

/** True for a legal name of a namespace, which is one component of a repository name. */
export function isNamespaceName(value: string): boolean {
  return value.length > 0 && value.length <= MAX_NAME_LENGTH && NAMESPACE.test(value);
}

/** True for a legal tag (OCI distribution spec 1.1, "Pulling manifests": `<reference>` as a tag). */
export function isTagName(value: string): boolean {
  return TAG.test(value);
}

/** True for a digest as the OCI image spec writes it; a `sha256` digest must have 64 lower-case hex digits. */
export function isDigest(value: string): boolean {
  if (value.length > 300 || !DIGEST.test(value)) return false;
  return value.startsWith('sha256:') ? SHA256.test(value) : true;
}

export interface NamePath {
  /** null: the repository lies in the registry's global namespace. */
  namespace: string | null;
  /** The name inside its namespace; may hold further slashes. */
  name: string;
}

/** Splits at the first slash: `team/a/b` is `a/b` in namespace `team`; `app` lies in the global namespace. */
export function splitRepositoryName(fullName: string): NamePath {
  const slash = fullName.indexOf('/');
  if (slash < 0) return { namespace: null, name: fullName };
  return { namespace: fullName.slice(0, slash), name: fullName.slice(slash + 1) };
}

/** The inverse of {@link splitRepositoryName}. */
export function joinRepositoryName(path: NamePath): string {
  return path.namespace === null ? path.name : `${path.namespace}/${path.name}`;
}

/**
 * A legal namespace name made of a user name: lower case, other characters become '_', runs of separators become one.
 * Returns null when nothing usable is left.
 */
export function namespaceNameFor(username: string): string | null {
  const name = username
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, MAX_NAME_LENGTH);
  return isNamespaceName(name) ? name : null;
}
