import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, versionOf } from './commands.mjs';
import { buildFailure, findGo, goEnvironment, writeModule } from './go-tools.mjs';

/** The Trivy that the tests run, and the tool that makes its database of YAML, both as modules of Go. */
const TRIVY = 'v0.67.2';
const FIXTURES = 'v0.0.0-20200903104109-d34e7f983986';
const NAMES = ['PORTUS_TEST_TRIVY', 'PORTUS_TEST_TRIVY_DB'];
/** What Trivy reads of its database beside the file itself. */
const METADATA = {
  Version: 2,
  NextUpdate: '2099-01-01T00:00:00Z',
  UpdatedAt: '2026-11-01T00:00:00Z',
  DownloadedAt: '2026-11-01T00:00:00Z',
};
/** What this version of Trivy is written with. */
const EXPERIMENT = { GOEXPERIMENT: 'jsonv2' };
const LOADER = `package main

import (
	"log"
	"os"

	fixtures "github.com/aquasecurity/bolt-fixtures"
)

func main() {
	loader, err := fixtures.New(os.Args[1], os.Args[2:])
	if err == nil {
		err = loader.Load()
	}
	if err == nil {
		err = loader.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
}
`;

/**
 * Trivy and a database of the vulnerabilities in a YAML file. Trivy takes about ten minutes to build, so it is built only
 * where PORTUS_TEST_TRIVY=build asks for it, and kept.
 * @returns {Promise<import('./client-tools.mjs').Found>}
 */
export async function findTrivy(cache, yaml, context) {
  const folder = join(cache, 'bin', `trivy-${TRIVY}`);
  const file = join(folder, 'trivy');
  const go = findGo();
  const missing = (reason) => ({ missing: Object.fromEntries(NAMES.map((name) => [name, reason])) });
  const wanted = process.env.PORTUS_TEST_TRIVY === 'build';
  try {
    if (!(await versionOf(file))?.includes(TRIVY.slice(1))) {
      if (!wanted) return missing(`Trivy ${TRIVY} was not built yet: PORTUS_TEST_TRIVY=build does so, with Go`);
      if (go === undefined) return missing(`no Go to build Trivy ${TRIVY} with`);
      await buildTrivy(go, folder, file, context);
    }
    return { env: { PORTUS_TEST_TRIVY: file, PORTUS_TEST_TRIVY_DB: await makeDatabase(go, folder, yaml, context) } };
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return missing(buildFailure(folder, error));
  }
}

async function buildTrivy(go, folder, file, context) {
  const source = join(folder, 'source');
  writeModule(source, `github.com/aquasecurity/trivy ${TRIVY}`);
  const version = `-s -w -X github.com/aquasecurity/trivy/pkg/version/app.ver=${TRIVY.slice(1)}`;
  const args = ['build', '-o', file, '-ldflags', version, 'github.com/aquasecurity/trivy/cmd/trivy'];
  await run(go, args, { env: goEnvironment(EXPERIMENT), cwd: source, timeoutMs: 2_400_000, ...context });
}

async function makeDatabase(go, folder, yaml, context) {
  const hash = createHash('sha256').update(readFileSync(yaml)).digest('hex').slice(0, 16);
  const cacheDir = join(folder, `database-${hash}`);
  if (existsSync(join(cacheDir, 'db/metadata.json'))) return cacheDir;
  if (go === undefined) throw new Error('no Go to make the database with');
  const source = join(folder, 'loader');
  writeModule(source, `github.com/aquasecurity/bolt-fixtures ${FIXTURES}`);
  writeFileSync(join(source, 'main.go'), LOADER);
  const making = `${cacheDir}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(join(making, 'db'), { recursive: true });
  await run(go, ['run', '.', join(making, 'db/trivy.db'), yaml], {
    env: goEnvironment(EXPERIMENT),
    cwd: source,
    timeoutMs: 300_000,
    ...context,
  });
  writeFileSync(join(making, 'db/metadata.json'), JSON.stringify(METADATA));
  rmSync(cacheDir, { recursive: true, force: true });
  renameSync(making, cacheDir);
  return cacheDir;
}
