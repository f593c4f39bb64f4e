import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, which } from './commands.mjs';

/** The machine's Go, also where it is on no PATH; undefined: there is none. */
export const findGo = () => which('go', `${process.env.PATH}:/usr/local/go/bin`);

/** Go as it is to build other people's programs. */
export function goEnvironment(more = {}) {
  return { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '0', ...more };
}

/**
 * A module of our own that requires another one, as `module version`: `go install …@version` also asks the proxy for the list of
 * versions, which not every proxy has.
 */
export function writeModule(folder, requirement) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'go.mod'), `module portus.test/tool\n\ngo 1.24\n\nrequire ${requirement}\n`);
}

/** Builds commands of the module that a folder requires: file → package. */
export async function buildCommands(go, source, files, context) {
  for (const [file, name] of Object.entries(files))
    await run(go, ['build', '-o', file, name], {
      env: goEnvironment(),
      cwd: source,
      timeoutMs: 2_400_000,
      ...context,
    });
}

/** Why a tool is missing that could not be built; all that Go said is kept in its folder. */
export function buildFailure(folder, error) {
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'build.log');
  writeFileSync(log, error.output ?? String(error));
  return `it could not be built (all of it: ${log}): ${error.message.split('\n').pop()}`;
}
