/** Licences that ask for nothing but their text to be kept, by their SPDX names. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Whether code under an SPDX expression may be shipped with ours: one that is unknown, or missing, may not. */
export function isAllowed(expression) {
  const choices = (expression ?? '').replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence)));
}

/** `[licence, packages]`, those of most packages first. */
export function byLicence(packages) {
  const groups = new Map();
  for (const one of packages) groups.set(one.licence, [...(groups.get(one.licence) ?? []), one]);
  return [...groups].sort(([a, { length: one }], [b, { length: other }]) => other - one || (a < b ? -1 : 1));
}
