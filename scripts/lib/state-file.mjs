import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

/** Parsed JSON of a file; undefined when it does not exist. A file that is no JSON is an error that names it. */
export function readJson(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is damaged (${error.message}); restore it or remove it`, { cause: error });
  }
}

/** Writes a file so that a reader, or a start after a power cut, sees the old or the new text and nothing between. */
export function writeAtomically(path, text, mode = 0o600) {
  const draft = `${path}.${process.pid}.new`;
  const fd = openSync(draft, 'w', mode);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
}

/** `writeAtomically` of JSON, readable by the owner only. */
export function writeJson(path, value) {
  writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}
