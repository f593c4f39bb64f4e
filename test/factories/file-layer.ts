import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** A gzipped tar archive (POSIX ustar) of text files, as a layer of an image has it. */
export function fileLayer(files: Record<string, string>): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const body = Buffer.from(text);
    return [header(name, body.length), body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]));
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(name, 0, 100);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const DPKG = (name: string, version: string): string =>
  `Package: ${name}\nStatus: install ok installed\nPriority: required\nSection: libs\nMaintainer: Nobody <nobody@example.com>\nArchitecture: amd64\nVersion: ${version}\nDescription: made for a test\n\n`;

/** Files of a Debian with these packages. */
export const debian = (release: string, packages: Record<string, string>): Record<string, string> => ({
  'etc/os-release': `ID=debian\nVERSION_ID="${release}"\nPRETTY_NAME="Debian GNU/Linux ${release}"\n`,
  'etc/debian_version': `${release}.0\n`,
  'var/lib/dpkg/status': Object.entries(packages)
    .map(([name, version]) => DPKG(name, version))
    .join(''),
});

/** The same of a Debian 12, so that Clair knows it too. */
export const bookworm = (packages: Record<string, string>): Record<string, string> => ({
  ...debian('12', packages),
  'etc/os-release':
    'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\n',
  // Without it Clair takes the list for no database.
  'var/lib/dpkg/info/zlib.list': '/.\n',
});

/** Files of an Alpine with these packages. */
export const alpine = (release: string, packages: Record<string, string>): Record<string, string> => ({
  'etc/os-release': `ID=alpine\nVERSION_ID=${release}.0\n`,
  'etc/alpine-release': `${release}.0\n`,
  'lib/apk/db/installed': Object.entries(packages)
    .map(([name, version]) => `C:Q1xxxxxxxxxxxxxxxxxxxxxxxxxxx=\nP:${name}\nV:${version}\nA:x86_64\no:${name}\n\n`)
    .join(''),
});

/** Files of an installed package of npm. */
export const npmPackage = (name: string, version: string): Record<string, string> => ({
  [`app/node_modules/${name}/package.json`]: JSON.stringify({ name, version, license: 'MIT' }),
});
