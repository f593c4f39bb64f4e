import { build, isBuilt } from './build.mjs';
import { installPackages, isInstalled, repairLinks } from './install.mjs';

/** Installs what is missing or old; does nothing, and needs no network, when nothing is. */
export async function ensureInstalled(root, progress, context) {
  if (!isInstalled(root)) await progress.step('Packages (npm ci)', () => installPackages(root, context));
  await repairLinks(root, context);
}

/** Compiles when the sources are others than those that dist was made from. */
export async function ensureBuilt(root, progress, context) {
  if (!isBuilt(root)) await progress.step('Compiling', () => build(root, context));
}
