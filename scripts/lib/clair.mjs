import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, versionOf } from './commands.mjs';
import { buildCommands, buildFailure, findGo, goEnvironment, writeModule } from './go-tools.mjs';

/** The Clair that the tests run, as a module of Go. */
const CLAIR = 'v4.9.0';
const NAMES = ['PORTUS_TEST_CLAIR', 'PORTUS_TEST_CLAIRCTL'];
const MODULE = 'github.com/quay/clair/v4';

/**
 * Clair and its tool, which imports the vulnerabilities that a test makes. Both take some minutes to build, so they are
 * built only where PORTUS_TEST_CLAIR=build asks for it, and kept.
 * @returns {Promise<import('./client-tools.mjs').Found>}
 */
export async function findClair(cache, context) {
  const folder = join(cache, 'bin', `clair-${CLAIR}`);
  const [clair, clairctl, schemas] = ['clair', 'clairctl', 'schemas'].map((name) => join(folder, name));
  const missing = (reason) => ({ missing: Object.fromEntries(NAMES.map((name) => [name, reason])) });
  try {
    // The tool is built last, and tells a version; the service does not.
    if ((await versionOf(clairctl)) === undefined) {
      if (process.env.PORTUS_TEST_CLAIR !== 'build')
        return missing(`Clair ${CLAIR} was not built yet: PORTUS_TEST_CLAIR=build does so, with Go`);
      const go = findGo();
      if (go === undefined) return missing(`no Go to build Clair ${CLAIR} with`);
      await build(go, folder, { clair, clairctl }, context);
    }
    const published = existsSync(schemas) ? { PORTUS_TEST_CLAIR_SCHEMAS: schemas } : {};
    return { env: { PORTUS_TEST_CLAIR: clair, PORTUS_TEST_CLAIRCTL: clairctl, ...published } };
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return missing(buildFailure(folder, error));
  }
}

async function build(go, folder, { clair, clairctl }, context) {
  const source = join(folder, 'source');
  writeModule(source, `${MODULE} ${CLAIR}`);
  await buildCommands(go, source, { [clair]: `${MODULE}/cmd/clair`, [clairctl]: `${MODULE}/cmd/clairctl` }, context);
  await copySchemas(go, source, join(folder, 'schemas'), context);
}

/** What Clair publishes of its API lies in the module that it was built of. */
async function copySchemas(go, source, schemas, context) {
  const options = { env: goEnvironment(), cwd: source, timeoutMs: 60_000, ...context };
  const module = (await run(go, ['list', '-m', '-f', '{{.Dir}}', MODULE], options)).trim();
  const published = join(module, 'httptransport/types/v1');
  mkdirSync(schemas, { recursive: true });
  for (const name of readdirSync(published).filter((file) => file.endsWith('.schema.json'))) {
    copyFileSync(join(published, name), join(schemas, name));
    chmodSync(join(schemas, name), 0o644);
  }
}
