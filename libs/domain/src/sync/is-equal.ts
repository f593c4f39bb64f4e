/** Whether a comparison proves the catalog equal: there was one, it could read everything, and found nothing that counts. */
export function isEqual(latest: { failed: number } | null, found: { counting: number }): boolean {
  return latest !== null && latest.failed === 0 && found.counting === 0;
}
