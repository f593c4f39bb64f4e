import { byLicence, isAllowed } from './licences.mjs';

/** Whatever is larger than this, in bytes, has its reason on the page. */
const LARGE = 2_000_000;
const BIGGEST = 12;

/** What is shipped, as the lock file has it: the same on every machine. */
export function countsText({ server, page }) {
  const rows = [
    ['in production', server],
    ['inside of the page', page],
  ].map(([what, packages]) => `| ${what} | ${packages.length} |`);
  const licences = byLicence([...server, ...page]).map(
    ([licence, packages]) => `| ${licence} | ${packages.length} | ${packages.length > 3 ? '' : names(packages)} |`,
  );
  return [
    ['| packages | |', '| --- | --- |', ...rows].join('\n'),
    ['| licence of what is shipped | packages | |', '| --- | --- | --- |', ...licences].join('\n'),
  ].join('\n\n');
}

/**
 * What changes with the machine, or with every tool of ours: true when it was written.
 * @param {{ name: string, version: string, through: string, bytes: number }[]} installed
 */
export function sizesText({ server, page, development }, installed) {
  const sum = installed.reduce((total, { bytes }) => total + bytes, 0);
  const rows = installed
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, BIGGEST)
    .map(({ name, version, through, bytes }) => `| ${name} ${version} | ${megabytes(bytes)} | ${through} |`);
  const scripts = names([...server, ...page, ...development].filter((one) => one.scripts));
  return [
    `${installed.length} packages, ${megabytes(sum)} MB; beside them ${development.length} for development only.`,
    ['| the biggest | MB | needed by |', '| --- | --- | --- |', ...rows].join('\n'),
    `Packages that would run something when they are installed: ${scripts}.`,
  ].join('\n\n');
}

/** The text between the marks of a part that is generated. Throws where there are no marks. */
export function partOf(text, part) {
  const [, found] = marks(part).exec(text) ?? [];
  if (found === undefined) throw new Error(`no marks of the part "${part}"`);
  return found.trim();
}

export function withPart(text, part, content) {
  partOf(text, part);
  return text.replace(marks(part), () => `<!-- ${part} -->\n\n${content}\n\n<!-- end of ${part} -->`);
}

/**
 * What is wrong with what we ship, or with what the page says of it: licences, reasons, numbers.
 * @param {{ name: string, bytes: number }[]} installed
 */
export function pageProblems(text, dependencies, installed) {
  const { server, page, development } = dependencies;
  const shipped = [...server, ...page];
  const asked = new Set(server.filter(({ name, through }) => name === through).map(({ name }) => name));
  const large = installed.filter(({ bytes }) => bytes > LARGE).map(({ name }) => name);
  const changed = [...shipped, ...development].filter(({ integrity }) => !integrity?.startsWith('sha512-'));
  return [
    ...shipped
      .filter(({ licence }) => !isAllowed(licence))
      .map(({ name, licence }) => `the licence of ${name} is ${licence ?? 'unknown'}`),
    ...changed.map(({ name }) => `nothing tells whether ${name} is what it was`),
    ...withoutReason(text, [...new Set([...asked, ...large])]).map((name) => `no reason is given for ${name}`),
    ...(isSame(partOf(text, 'counts'), countsText(dependencies))
      ? []
      : ['docs/dependencies.md is out of date: npm run supply -- --write']),
  ];
}

function withoutReason(text, wanted) {
  const rows = [...text.matchAll(/^\| `([^`]+)`[^|]*\|([^|]+)\|/gm)];
  const explained = new Set(rows.filter(([, , reason]) => reason.trim().length > 10).map(([, name]) => name));
  return wanted.filter((name) => !explained.has(name));
}

/** Cells are padded by the formatter: texts are compared without. */
function isSame(a, b) {
  const [one, other] = [a, b].map((text) => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim());
  return one === other;
}

const marks = (part) => new RegExp(`<!-- ${part} -->([^]*)<!-- end of ${part} -->`);
const names = (packages) => [...new Set(packages.map(({ name }) => name))].sort().join(', ');
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
