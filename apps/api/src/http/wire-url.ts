/** True for what docker clients and registries speak to; people and their programs speak to `/api`. */
export function isWireUrl(url: string): boolean {
  return /^\/v2(?:[/?]|$)/.test(url);
}
