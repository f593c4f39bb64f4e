import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, versionOf, which } from './commands.mjs';

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
  const [clair, clairctl] = [join(folder, 'clair'), join(folder, 'clairctl')];
  const missing = (reason) => ({ missing: Object.fromEntries(NAMES.map((name) => [name, reason])) });
  try {
    // The tool is built last, and tells a version; the service does not.
    if ((await versionOf(clairctl)) === undefined) {
      if (process.env.PORTUS_TEST_CLAIR !== 'build')
        return missing(`Clair ${CLAIR} was not built yet: PORTUS_TEST_CLAIR=build does so, with Go`);
      const go = which('go', `${process.env.PATH}:/usr/local/go/bin`);
      if (go === undefined) return missing(`no Go to build Clair ${CLAIR} with`);
      await build(go, folder, { clair, clairctl }, context);
    }
    return { env: { PORTUS_TEST_CLAIR: clair, PORTUS_TEST_CLAIRCTL: clairctl } };
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return missing(`it could not be built: ${error.message.split('\n').pop()}`);
  }
}

/** In a module of our own: `go install …@version` also asks the proxy for the list of versions, which not every proxy has. */
async function build(go, folder, files, context) {
  const source = join(folder, 'source');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'go.mod'), `module portus.test/tool\n\ngo 1.24\n\nrequire ${MODULE} ${CLAIR}\n`);
  const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '0' };
  for (const [name, file] of Object.entries(files))
    await run(go, ['build', '-o', file, `${MODULE}/cmd/${name}`], {
      env,
      cwd: source,
      timeoutMs: 2_400_000,
      ...context,
    });
}
