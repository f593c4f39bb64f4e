import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './lib/build.mjs';

try {
  await build(dirname(dirname(fileURLToPath(import.meta.url))));
} catch (error) {
  console.error(error.output || error.message);
  process.exitCode = 1;
}
