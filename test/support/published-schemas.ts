import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const require = createRequire(import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const schemas: Record<string, ValidateFunction> = {};

/**
 * SARIF 2.1.0 as OASIS published it (errata 01 is rtm.5 of the schema), of Microsoft's package for SARIF. It is written in
 * draft 04, but uses nothing that draft 07 would read otherwise once its `id` is away.
 */
export function faultsOfSarif(document: object): string {
  schemas['sarif'] ??= (() => {
    const entry = require.resolve('@microsoft/jest-sarif/package.json');
    const { $schema: _draft, id: _id, ...schema } = read(join(dirname(entry), 'lib/schemas/sarif-2.1.0-rtm.5.json'));
    return ajv().compile(schema);
  })();
  return faultsBy(schemas['sarif'], document);
}

/** CycloneDX 1.6 as ECMA-424 has it, of CycloneDX's own library; '' when nothing is wrong. */
export function faultsOfCycloneDx(document: object): string {
  schemas['cyclonedx'] ??= (() => {
    const folder = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema');
    const validator = ajv();
    for (const name of ['spdx', 'jsf-0.82']) {
      const file = `${name}.SNAPSHOT.schema.json`;
      validator.addSchema(read(join(folder, file)), `http://cyclonedx.org/schema/${file}`);
    }
    return validator.compile(read(join(folder, 'bom-1.6.SNAPSHOT.schema.json')));
  })();
  return faultsBy(schemas['cyclonedx'], document);
}

/** Schemas of Clair's API, by the names of their files. */
export type ClairSchema = 'manifest' | 'index_report' | 'index_state' | 'vulnerability_report';

/** What Clair itself publishes (`httptransport/types/v1`): it lies beside the Clair that was built, and only there. */
export function faultsOfClair(name: ClairSchema, document: object): string {
  const folder = process.env['PORTUS_TEST_CLAIR_SCHEMAS'];
  if (folder === undefined) return '';
  schemas[name] ??= (() => {
    const validator = new Ajv2020({ strict: false, allErrors: true });
    formats.default(validator);
    const files = readdirSync(folder).filter((file) => file.endsWith('.schema.json'));
    for (const file of files) validator.addSchema(read(join(folder, file)));
    return validator.getSchema(`https://clairproject.org/api/http/v1/${name}.schema.json`)!;
  })();
  return faultsBy(schemas[name], document);
}

function ajv(): Ajv {
  // The formats of other alphabets are not among those that ajv has; whatever is an address in ours is one there too.
  const lenient = { 'iri-reference': 'uri-reference', 'idn-email': 'email' };
  const validator = new Ajv({ strict: false, unicodeRegExp: false });
  formats.default(validator);
  for (const [name, ours] of Object.entries(lenient)) validator.addFormat(name, validator.formats[ours]!);
  return validator;
}

function faultsBy(validate: ValidateFunction, document: object): string {
  if (validate(JSON.parse(JSON.stringify(document)))) return '';
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}
