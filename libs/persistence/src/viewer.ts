/** Who looks: administrators see everything, others what their membership and its visibility allow. */
export interface Viewer {
  userId: number;
  admin: boolean;
  /** Names of the namespaces that the credentials are kept to; null or absent: to none. */
  namespaces?: readonly string[] | null;
}
