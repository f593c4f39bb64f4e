// Takes what differs from build to build out of npm's CycloneDX document on stdin: the time, and a random serial number.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { serialNumber: _random, ...document } = JSON.parse(readFileSync(0, 'utf8'));
delete document.metadata.timestamp;
const hex = createHash('sha256').update(JSON.stringify(document)).digest('hex');
// A UUID of version 8: made of the contents (RFC 9562, section 5.8).
const uuid = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)];
process.stdout.write(`${JSON.stringify({ serialNumber: `urn:uuid:${uuid.join('-')}`, ...document }, null, 2)}\n`);
