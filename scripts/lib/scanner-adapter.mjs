import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildCommands, buildFailure, findGo, writeModule } from './go-tools.mjs';

/** The scanner adapter that the tests run: Harbor's own, for Trivy, as a module of Go. The newest that the proxy has. */
const ADAPTER = 'v0.30.22';
const MODULE = 'github.com/aquasecurity/harbor-scanner-trivy';
const NAME = 'PORTUS_TEST_ADAPTER';

/**
 * Built where PORTUS_TEST_ADAPTER=build asks for it, and kept. It needs Redis, and a Trivy on its PATH.
 * @returns {Promise<import('./client-tools.mjs').Found>}
 */
export async function findScannerAdapter(cache, context) {
  const folder = join(cache, 'bin', `scanner-adapter-${ADAPTER}`);
  const file = join(folder, 'scanner-trivy');
  const missing = (reason) => ({ missing: { [NAME]: reason } });
  try {
    if (!existsSync(file)) {
      if (process.env[NAME] !== 'build')
        return missing(`the adapter ${ADAPTER} was not built yet: ${NAME}=build does so, with Go`);
      const go = findGo();
      if (go === undefined) return missing(`no Go to build the adapter ${ADAPTER} with`);
      const source = join(folder, 'source');
      writeModule(source, `${MODULE} ${ADAPTER}`);
      await buildCommands(go, source, { [file]: `${MODULE}/cmd/scanner-trivy` }, context);
    }
    return { env: { [NAME]: file } };
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return missing(buildFailure(folder, error));
  }
}
